package io.rekindle.local.importing;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The format of a table's rows in a file.
 *
 * @param <R> the row
 */
sealed interface RowFormat<R> permits RowFormat.Users, RowFormat.Orders {

  /** The required columns. */
  Set<String> required();

  /** The known columns. */
  Set<String> known();

  R parse(RowFields fields) throws InvalidValueException;

  String id(R row);

  /** Returns the user of the row; null for a row of {@code shop.users}. */
  String owner(R row);

  /** Returns the time of the row's event. */
  Instant time(R row);

  Upsert<R> upsert(Set<String> columns);

  /** Rows of {@code shop.users}. */
  record Users() implements RowFormat<UserRow> {

    private static final int MAX_TEXT_LENGTH = 10_000;
    private static final int MAX_NAME_LENGTH = 128;
    private static final Pattern CATEGORY_SEPARATOR = Pattern.compile("[;|,]");

    @Override
    public Set<String> required() {
      return Set.of("user_id", "created_at");
    }

    @Override
    public Set<String> known() {
      return Upsert.ALL_USER_COLUMNS;
    }

    @Override
    public UserRow parse(RowFields fields) throws InvalidValueException {
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

    @Override
    public String id(UserRow row) {
      return row.userId();
    }

    @Override
    public String owner(UserRow row) {
      return null;
    }

    @Override
    public Instant time(UserRow row) {
      return row.createdAt();
    }

    @Override
    public Upsert<UserRow> upsert(Set<String> columns) {
      return Upsert.users(columns);
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
  }

  /** Rows of {@code shop.orders}. */
  record Orders() implements RowFormat<OrderRow> {

    private static final int MAX_TEXT_LENGTH = 10_000;
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    @Override
    public Set<String> required() {
      return Set.of("order_id", "user_id", "placed_at", "amount");
    }

    @Override
    public Set<String> known() {
      return Upsert.ALL_ORDER_COLUMNS;
    }

    @Override
    public OrderRow parse(RowFields fields) throws InvalidValueException {
      return new OrderRow(
          fields.id("order_id"),
          fields.id("user_id"),
          fields.time("placed_at"),
          fields.amount("amount", null),
          fields.amount("refunded_amount", BigDecimal.ZERO),
          currency(fields.text("currency", "EUR")),
          status(fields.text("status", "PLACED")),
          fields.text("category", null, MAX_TEXT_LENGTH));
    }

    @Override
    public String id(OrderRow row) {
      return row.orderId();
    }

    @Override
    public String owner(OrderRow row) {
      return row.userId();
    }

    @Override
    public Instant time(OrderRow row) {
      return row.placedAt();
    }

    @Override
    public Upsert<OrderRow> upsert(Set<String> columns) {
      return Upsert.orders(columns);
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
}
