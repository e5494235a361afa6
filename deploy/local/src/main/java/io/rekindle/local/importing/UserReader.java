package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.importing.Preset.UserColumn;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/** Reads clients by a {@link Preset}. */
final class UserReader extends RowReader<UserRow> {

  private static final int MAX_TEXT_LENGTH = 10_000;
  private static final int MAX_NAME_LENGTH = 128;

  private final Preset.Users preset;
  private final int userId;
  private final int email;
  private final int fallbackId;
  private final int name;
  private final int firstName;
  private final int lastName;
  private final int categories;
  private final int timeZone;
  private final int locale;
  private final int consent;
  private final int createdAt;

  /**
   * @throws io.rekindle.local.terminal.Failure if the file lacks a column
   */
  UserReader(Preset of, CsvFile file) {
    super(file, of.source(), of.users().signature());
    preset = of.users();
    userId = columns.find(preset.names(UserColumn.USER_ID));
    email = columns.find(preset.names(UserColumn.EMAIL));
    fallbackId = columns.find(preset.names(UserColumn.FALLBACK_ID));
    if (userId == Columns.NONE && email == Columns.NONE) {
      throw file.missing(String.join(" or ", preset.names(UserColumn.EMAIL)));
    }
    name = columns.find(preset.names(UserColumn.NAME));
    firstName = columns.find(preset.names(UserColumn.FIRST_NAME));
    lastName = columns.find(preset.names(UserColumn.LAST_NAME));
    categories = columns.find(List.of("preferred_categories"));
    timeZone = columns.find(List.of("time_zone"));
    locale = columns.find(List.of("locale"));
    consent = columns.find(preset.names(UserColumn.CONSENT));
    createdAt = columns.find(preset.names(UserColumn.CREATED_AT));
    // Without a time in the file, the first order or the import tells since when.
    writes(true, "user_id", "created_at");
    writes(email != Columns.NONE, "email");
    writes(Math.max(name, Math.max(firstName, lastName)) != Columns.NONE, "name");
    writes(categories != Columns.NONE, "preferred_categories");
    writes(timeZone != Columns.NONE, "time_zone");
    writes(locale != Columns.NONE, "locale");
    writes(consent != Columns.NONE, "marketing_consent");
  }

  @Override
  Parsed<UserRow> read(RowFields fields) throws InvalidValueException {
    String id = fields.idOrNull(userId);
    if (id == null && !own) {
      id = Addresses.asId(fields, email);
      id = id == null ? fields.idOrNull(fallbackId) : id;
      if (id == null) {
        return Parsed.leftOut(null, "clients without an id or an address");
      }
    }
    if (id == null) {
      id = fields.id(userId);
    }
    return Parsed.row(
        id,
        new UserRow(
            id,
            fields.text(email, null, MAX_TEXT_LENGTH),
            name(fields),
            CategoryList.read(fields.text(categories, "", MAX_TEXT_LENGTH)),
            timeZone(fields),
            fields.text(locale, "en", MAX_NAME_LENGTH),
            fields.flag(consent),
            own ? fields.time(createdAt, false) : fields.timeOrNull(createdAt, preset.utc())),
        null);
  }

  private String name(RowFields fields) throws InvalidValueException {
    String whole = fields.text(name, null, MAX_TEXT_LENGTH);
    if (whole != null) {
      return whole;
    }
    String parts =
        (fields.text(firstName, "", MAX_TEXT_LENGTH) + " " + fields.text(lastName, "")).strip();
    return parts.isEmpty() ? null : parts;
  }

  private String timeZone(RowFields fields) throws InvalidValueException {
    String text = fields.text(timeZone, "UTC", MAX_NAME_LENGTH);
    try {
      return ZoneId.of(text).getId();
    } catch (DateTimeException e) {
      throw fields.wrong(timeZone, text, "write an IANA name such as Europe/Paris");
    }
  }

  @Override
  Instant time(UserRow row) {
    return row.createdAt();
  }

  /** Whether the file tells since when its clients are clients. */
  boolean namesCreation() {
    return createdAt != Columns.NONE;
  }
}
