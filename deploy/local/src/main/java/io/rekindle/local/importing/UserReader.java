package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads clients by a {@link Preset}. */
final class UserReader implements RowReader<UserRow> {

  private static final int MAX_TEXT_LENGTH = 10_000;
  private static final int MAX_NAME_LENGTH = 128;

  private final Preset.Users preset;
  private final boolean own;
  private final Columns columns;
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
  private final Set<String> written = new LinkedHashSet<>();

  /**
   * @throws io.rekindle.local.terminal.Failure if the file lacks a column
   */
  UserReader(Preset of, CsvFile file) {
    preset = of.users();
    own = of.source() == Source.REKINDLE;
    columns = new Columns(file);
    if (own) {
      Set<String> missing = new LinkedHashSet<>(preset.signature());
      missing.removeIf(columns::has);
      file.require(missing);
    }
    userId = columns.find(preset.userId());
    email = columns.find(preset.email());
    fallbackId = columns.find(preset.fallbackId());
    if (userId == Columns.NONE && email == Columns.NONE) {
      throw file.missing(String.join(" or ", preset.email()));
    }
    name = columns.find(preset.name());
    firstName = columns.find(preset.firstName());
    lastName = columns.find(preset.lastName());
    categories = columns.find(List.of("preferred_categories"));
    timeZone = columns.find(List.of("time_zone"));
    locale = columns.find(List.of("locale"));
    consent = columns.find(preset.consent());
    createdAt = columns.find(preset.createdAt());
    written.add("user_id");
    write("email", email);
    write("name", Math.max(name, Math.max(firstName, lastName)));
    write("preferred_categories", categories);
    write("time_zone", timeZone);
    write("locale", locale);
    write("marketing_consent", consent);
    // Without a time in the file, the first order or the import tells since when.
    written.add("created_at");
  }

  private void write(String column, int position) {
    if (position != Columns.NONE) {
      written.add(column);
    }
  }

  @Override
  public Parsed<UserRow> read(RowFields fields) throws InvalidValueException {
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
  public String idOf(RowFields fields) {
    return null;
  }

  @Override
  public Instant time(UserRow row) {
    return row.createdAt();
  }

  @Override
  public Set<String> written() {
    return written;
  }

  @Override
  public Set<String> unknownColumns() {
    return own ? columns.unused() : Set.of();
  }

  @Override
  public boolean severalRowsEach() {
    return false;
  }

  @Override
  public boolean sums() {
    return false;
  }

  /** Whether the file tells since when its clients are clients. */
  boolean namesCreation() {
    return createdAt != Columns.NONE;
  }

  @Override
  public boolean exactAmounts() {
    return own;
  }
}
