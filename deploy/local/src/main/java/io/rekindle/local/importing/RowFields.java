package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.platform.text.FormulaGuard;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads the values of one row by column and type. Blanks around a value are removed, and so is the
 * apostrophe by which exports keep spreadsheets from changing it. A missing column or value gives
 * the default. A column that is not read may hold anything.
 */
final class RowFields {

  /** The longest id that the tables and the pipeline accept, in UTF-16 units. */
  private static final int MAX_ID_LENGTH = 128;

  private static final int SHOWN = 60;

  /** Spreadsheets write the plus. An id such as 2E10 may be one. */
  private static final Pattern SPREADSHEET_NUMBER =
      Pattern.compile("[+-]?\\d([.,]\\d+)?[eE]\\+\\d{1,3}");

  private final List<String> header;
  private final FileTimes times;
  private final FileAmounts amounts;
  private final Findings findings;
  private List<String> values = List.of();
  private long line;

  /**
   * @param header the columns' names
   */
  RowFields(List<String> header, FileTimes times, FileAmounts amounts, Findings findings) {
    this.header = header;
    this.times = times;
    this.amounts = amounts;
    this.findings = findings;
  }

  /** Turns to the next row. Values that are missing at its end are empty. */
  RowFields of(CsvFile.Row row) throws InvalidValueException {
    values = row.values();
    line = row.line();
    if (row.defect() != null) {
      throw new InvalidValueException(row.defect(), "a stray quote or a row without end");
    }
    for (int i = header.size(); i < values.size(); i++) {
      if (!values.get(i).isBlank()) {
        throw new InvalidValueException(
            "has %d values for %d columns: quote values that contain the separator, such as amounts with a decimal comma"
                .formatted(values.size(), header.size()),
            "has more values than columns");
      }
    }
    return this;
  }

  long line() {
    return line;
  }

  Findings findings() {
    return findings;
  }

  /** Whether a column has a value in this row. */
  boolean has(int column) {
    return column >= 0 && column < values.size() && !values.get(column).isBlank();
  }

  /**
   * Reads an id.
   *
   * @return null if there is none
   */
  String idOrNull(int column) throws InvalidValueException {
    String id = text(column, "");
    if (has(column) && FormulaGuard.hidesNumber(values.get(column).strip())) {
      id = id.substring(1);
    }
    if (id.isEmpty()) {
      return null;
    }
    if (SPREADSHEET_NUMBER.matcher(id).matches()) {
      throw wrong(
          column,
          id,
          "a spreadsheet has cut this id: export the file anew, and open it with this column as text");
    }
    return checkedId(header.get(column), id);
  }

  String id(int column) throws InvalidValueException {
    String id = idOrNull(column);
    if (id == null) {
      throw new InvalidValueException(header.get(column) + " is empty: every row needs one");
    }
    return id;
  }

  String checkedId(String name, String id) throws InvalidValueException {
    if (id.length() > MAX_ID_LENGTH) {
      throw new InvalidValueException(
          "%s has %d characters: use at most %d".formatted(name, id.length(), MAX_ID_LENGTH),
          "%s has more than %d characters".formatted(name, MAX_ID_LENGTH));
    }
    findings.id(id);
    return id;
  }

  String text(int column, String missing) throws InvalidValueException {
    if (column < 0 || column >= values.size()) {
      return missing;
    }
    String value = values.get(column).strip();
    if (value.isEmpty()) {
      return missing;
    }
    if (value.indexOf('\0') >= 0) {
      throw new InvalidValueException(header.get(column) + " contains a NUL character: remove it");
    }
    if (value.indexOf('\uFFFD') >= 0) {
      throw new InvalidValueException(
          header.get(column)
              + " is not valid UTF-8: save the file as UTF-8, or name its --encoding");
    }
    return FormulaGuard.remove(value);
  }

  String text(int column, String missing, int maxLength) throws InvalidValueException {
    String text = text(column, missing);
    if (text != null && text.length() > maxLength) {
      throw new InvalidValueException(
          "%s has %d characters: use at most %d"
              .formatted(header.get(column), text.length(), maxLength),
          "%s has more than %d characters".formatted(header.get(column), maxLength));
    }
    return text;
  }

  Instant time(int column, boolean utc) throws InvalidValueException {
    String text = text(column, "");
    if (text.isEmpty()) {
      throw new InvalidValueException(
          "%s is empty: %s".formatted(header.get(column), FileTimes.REMEDY));
    }
    return times.read(header.get(column), text, utc);
  }

  Instant timeOrNull(int column, boolean utc) throws InvalidValueException {
    return has(column) ? time(column, utc) : null;
  }

  BigDecimal amount(int column, BigDecimal missing, String currency) throws InvalidValueException {
    String text = text(column, "");
    if (!text.isEmpty()) {
      return amounts.read(header.get(column), text, currency);
    }
    if (missing == null) {
      throw new InvalidValueException(
          header.get(column) + " is empty: write an amount such as 19.90");
    }
    return missing;
  }

  /** Reads a number that nothing depends on; null for anything else. */
  BigDecimal numberOrNull(int column) {
    String text = raw(column);
    try {
      return text == null ? null : new BigDecimal(text.replace(',', '.'));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  boolean flag(int column) throws InvalidValueException {
    String text = text(column, "false");
    return switch (text.toLowerCase(Locale.ROOT).replace('_', ' ')) {
      case "true", "t", "yes", "y", "1", "subscribed", "on" -> true;
      case "false", "f", "no", "n", "0", "off" -> false;
      case "not subscribed", "unsubscribed", "pending", "redacted", "invalid", "never subscribed" ->
          false;
      default -> throw wrong(column, text, "write true or false");
    };
  }

  /** A value as it is, without its apostrophe; null if there is none. */
  String raw(int column) {
    return has(column) ? FormulaGuard.remove(values.get(column).strip()) : null;
  }

  String name(int column) {
    return header.get(column);
  }

  InvalidValueException wrong(int column, String text, String remedy) {
    return wrong(header.get(column), text, remedy);
  }

  static InvalidValueException wrong(String column, String text, String remedy) {
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return new InvalidValueException(
        "%s is '%s': %s".formatted(column, shown, remedy), column + ": " + remedy);
  }
}
