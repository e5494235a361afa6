package io.rekindle.local.importing;

import io.rekindle.platform.text.Instants;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the values of one row by column and type. Blanks around a value are removed. A missing
 * column or value gives the default.
 */
final class RowFields {

  /** The longest id that the tables and the pipeline accept, in UTF-16 units. */
  private static final int MAX_ID_LENGTH = 128;

  private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)");
  private static final BigDecimal MAX_AMOUNT = new BigDecimal("999999999999.99");

  private final List<String> header;
  private final Map<String, Integer> positions = new HashMap<>();
  private final TimeShift times;
  private List<String> values = List.of();

  /**
   * @param header the columns' names
   * @param times the shift of times and their latest value
   */
  RowFields(List<String> header, TimeShift times) {
    this.header = header;
    this.times = times;
    for (int i = 0; i < header.size(); i++) {
      positions.put(header.get(i), i);
    }
  }

  /** Turns to the next row. */
  RowFields of(CsvFile.Row row) throws InvalidValueException {
    values = row.values();
    if (values.size() != header.size()) {
      throw new InvalidValueException(
          "has %d values for %d columns: quote values that contain a comma, close every quote"
              .formatted(values.size(), header.size()));
    }
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).indexOf('\0') >= 0) {
        throw new InvalidValueException(header.get(i) + " contains a NUL character: remove it");
      }
      if (values.get(i).indexOf('\uFFFD') >= 0) {
        throw new InvalidValueException(
            header.get(i) + " is not valid UTF-8: save the file as UTF-8");
      }
    }
    return this;
  }

  String id(String column) throws InvalidValueException {
    String id = text(column, "");
    if (id.isEmpty()) {
      throw new InvalidValueException(column + " is empty: every row needs one");
    }
    if (id.length() > MAX_ID_LENGTH) {
      throw new InvalidValueException(
          "%s has %d characters: use at most %d".formatted(column, id.length(), MAX_ID_LENGTH));
    }
    return id;
  }

  String text(String column, String missing) {
    Integer position = positions.get(column);
    String value = position == null ? "" : values.get(position).strip();
    return value.isEmpty() ? missing : value;
  }

  String text(String column, String missing, int maxLength) throws InvalidValueException {
    String text = text(column, missing);
    if (text != null && text.length() > maxLength) {
      throw new InvalidValueException(
          "%s has %d characters: use at most %d".formatted(column, text.length(), maxLength));
    }
    return text;
  }

  Instant time(String column) throws InvalidValueException {
    String text = text(column, "");
    if (text.isEmpty()) {
      throw new InvalidValueException(
          column + " is empty: write a time such as 2026-03-01T08:30:00Z");
    }
    Instant time =
        Instants.parseLenient(text)
            .orElseThrow(() -> wrong(column, text, "write a time such as 2026-03-01T08:30:00Z"));
    return times.apply(column, text, time);
  }

  Instant timeOrNull(String column) throws InvalidValueException {
    return text(column, null) == null ? null : time(column);
  }

  BigDecimal amount(String column, BigDecimal missing) throws InvalidValueException {
    String text = text(column, "");
    if (text.isEmpty()) {
      if (missing == null) {
        throw new InvalidValueException(column + " is empty: write an amount such as 19.90");
      }
      return missing;
    }
    if (!DECIMAL.matcher(text).matches()) {
      throw wrong(column, text, "write an amount such as 19.90, without currency or separators");
    }
    BigDecimal amount = new BigDecimal(text);
    if (amount.signum() < 0) {
      throw wrong(column, text, "amounts are not negative; write a refund as refunded_amount");
    }
    if (amount.stripTrailingZeros().scale() > 2) {
      throw wrong(column, text, "use at most two decimals");
    }
    if (amount.compareTo(MAX_AMOUNT) > 0) {
      throw wrong(column, text, "the largest amount is " + MAX_AMOUNT);
    }
    return amount;
  }

  boolean flag(String column) throws InvalidValueException {
    String text = text(column, "false");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "1" -> true;
      case "false", "f", "no", "n", "0" -> false;
      default -> throw wrong(column, text, "write true or false");
    };
  }

  static InvalidValueException wrong(String column, String text, String remedy) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new InvalidValueException("%s is '%s': %s".formatted(column, shown, remedy));
  }
}
