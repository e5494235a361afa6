package io.rekindle.local.importing;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The format of a table's rows in a file.
 *
 * @param required the required columns
 * @param known the known columns
 * @param parser reads a row
 * @param id the id of a row
 * @param ofClients whether a client may have several rows
 * @param time the time of a row's event
 * @param upsert writes the given columns
 * @param <R> the row
 */
record RowFormat<R>(
    Set<String> required,
    Set<String> known,
    Parser<R> parser,
    Function<R, String> id,
    boolean ofClients,
    Function<R, Instant> time,
    Function<Set<String>, Upsert<R>> upsert) {

  private static final int MAX_TEXT_LENGTH = 10_000;
  private static final int MAX_NAME_LENGTH = 128;
  private static final Pattern CATEGORY_SEPARATOR = Pattern.compile("[;|,]");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  /** Rows of {@code shop.users}. */
  static final RowFormat<UserRow> USERS =
      new RowFormat<>(
          Set.of("user_id", "created_at"),
          Upsert.ALL_USER_COLUMNS,
          RowFormat::user,
          UserRow::userId,
          false,
          UserRow::createdAt,
          Upsert::users);

  /** Rows of {@code shop.orders}. */
  static final RowFormat<OrderRow> ORDERS =
      new RowFormat<>(
          Set.of("order_id", "user_id", "placed_at", "amount"),
          Upsert.ALL_ORDER_COLUMNS,
          RowFormat::order,
          OrderRow::orderId,
          true,
          OrderRow::placedAt,
          Upsert::orders);

  /** Reads a row from its fields. */
  interface Parser<R> {
    R parse(RowFields fields) throws InvalidValueException;
  }

  R parse(RowFields fields) throws InvalidValueException {
    return parser.parse(fields);
  }

  private static UserRow user(RowFields fields) throws InvalidValueException {
    return new UserRow(
        fields.id("user_id"),
        fields.text("email", null, MAX_TEXT_LENGTH),
        fields.text("name", null, MAX_TEXT_LENGTH),
        categories(fields.text("preferred_categories", "")),
        timeZone(fields.text("time_zone", "UTC", MAX_NAME_LENGTH)),
        fields.text("locale", "en", MAX_NAME_LENGTH),
        fields.flag("marketing_consent"),
        fields.time("created_at"));
  }

  private static OrderRow order(RowFields fields) throws InvalidValueException {
    return new OrderRow(
        fields.id("order_id"),
        fields.id("user_id"),
        fields.time("placed_at"),
        fields.amount("amount", null),
        fields.amount("refunded_amount", BigDecimal.ZERO),
        currency(fields.text("currency", "EUR")),
        status(fields.text("status", "PLACED")),
        fields.text("category", null, MAX_TEXT_LENGTH),
        fields.timeOrNull("cancelled_at"),
        fields.timeOrNull("refunded_at"));
  }

  /** Splits names at semicolons, bars or commas. Brackets and quotes around them are allowed. */
  private static List<String> categories(String text) {
    return CATEGORY_SEPARATOR
        .splitAsStream(text)
        .map(name -> name.replaceAll("^[\\s\\[{\"]+|[\\s\\]}\"]+$", ""))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static String timeZone(String name) throws InvalidValueException {
    try {
      return ZoneId.of(name).getId();
    } catch (DateTimeException e) {
      throw RowFields.wrong("time_zone", name, "write an IANA name such as Europe/Paris");
    }
  }

  private static String currency(String text) throws InvalidValueException {
    String code = text.toUpperCase(Locale.ROOT);
    if (!CURRENCY.matcher(code).matches()) {
      throw RowFields.wrong("currency", text, "write a code of three letters such as EUR");
    }
    return code;
  }

  private static String status(String text) throws InvalidValueException {
    String status = text.toUpperCase(Locale.ROOT);
    if (!status.equals("PLACED") && !status.equals("CANCELLED")) {
      throw RowFields.wrong("status", text, "write PLACED or CANCELLED");
    }
    return status;
  }
}
