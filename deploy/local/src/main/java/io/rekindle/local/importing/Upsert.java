package io.rekindle.local.importing;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes rows into one of the shop's tables by their key, many in one statement. An equal stored
 * row stays untouched, so that capture sees no change. A missing column keeps its stored value, or
 * gets the table's default.
 *
 * @param <R> the row; no two rows of one {@link #write} may have the same key
 */
public final class Upsert<R> {

  /**
   * The numbers of rows by their outcome.
   *
   * @param inserted rows whose key was new
   * @param updated rows that differed from the stored ones
   * @param unchanged rows that equal the stored ones
   */
  public record Counts(int inserted, int updated, int unchanged) {

    /** The sum of both. */
    Counts plus(Counts more) {
      return new Counts(
          inserted + more.inserted, updated + more.updated, unchanged + more.unchanged);
    }

    /** Reads the result of {@link Upsert#counting} of some rows. */
    static Counts of(ResultSet result, long rows) throws SQLException {
      result.next();
      int inserted = result.getInt(1);
      int updated = result.getInt(2);
      return new Counts(inserted, updated, Math.toIntExact(rows - inserted - updated));
    }
  }

  private record Column<R>(String name, String type, Function<R, String> text) {}

  private static final List<Column<UserRow>> USER_COLUMNS =
      List.of(
          new Column<>("user_id", "text", UserRow::userId),
          new Column<>("email", "text", UserRow::email),
          new Column<>("name", "text", UserRow::name),
          new Column<>(
              "preferred_categories", "text[]", user -> arrayLiteral(user.preferredCategories())),
          new Column<>("time_zone", "text", UserRow::timeZone),
          new Column<>("locale", "text", UserRow::locale),
          new Column<>(
              "marketing_consent", "boolean", user -> Boolean.toString(user.marketingConsent())),
          new Column<>("created_at", "timestamptz", user -> timestamp(user.createdAt())));

  private static final List<Column<OrderRow>> ORDER_COLUMNS =
      List.of(
          new Column<>("order_id", "text", OrderRow::orderId),
          new Column<>("user_id", "text", OrderRow::userId),
          new Column<>("placed_at", "timestamptz", order -> timestamp(order.placedAt())),
          new Column<>("amount", "numeric(14,2)", order -> order.amount().toPlainString()),
          new Column<>(
              "refunded_amount", "numeric(14,2)", order -> order.refundedAmount().toPlainString()),
          new Column<>("currency", "char(3)", OrderRow::currency),
          new Column<>("status", "text", OrderRow::status),
          new Column<>("category", "text", OrderRow::category),
          new Column<>("cancelled_at", "timestamptz", order -> timestamp(order.cancelledAt())),
          new Column<>("refunded_at", "timestamptz", order -> timestamp(order.refundedAt())));

  /** The columns of {@code shop.users} that can be written. */
  public static final Set<String> ALL_USER_COLUMNS = names(USER_COLUMNS);

  /** The columns of {@code shop.orders} that can be written. */
  public static final Set<String> ALL_ORDER_COLUMNS = names(ORDER_COLUMNS);

  private static final String GIVEN = "unnest(%s) as given(%s)";

  private final String table;
  private final List<Column<R>> columns;

  private Upsert(String table, List<Column<R>> columns) {
    this.table = table;
    this.columns = columns;
  }

  private static <R> Upsert<R> of(String table, List<Column<R>> all, Set<String> written) {
    return new Upsert<>(
        table, all.stream().filter(column -> written.contains(column.name())).toList());
  }

  /**
   * Writes users.
   *
   * @param columns the columns to write, of {@link #ALL_USER_COLUMNS}, the key among them
   */
  public static Upsert<UserRow> users(Set<String> columns) {
    return of("shop.users", USER_COLUMNS, columns);
  }

  /**
   * Writes orders.
   *
   * @param columns the columns to write, of {@link #ALL_ORDER_COLUMNS}, the key among them
   */
  public static Upsert<OrderRow> orders(Set<String> columns) {
    return of("shop.orders", ORDER_COLUMNS, columns);
  }

  /** The same for another table with the same columns. */
  Upsert<R> into(String other) {
    return new Upsert<>(other, columns);
  }

  /** The name of the table. */
  String table() {
    return table;
  }

  /** Writes the rows in one statement of the connection's current transaction. */
  public Counts write(Connection connection, List<R> rows) throws SQLException {
    if (rows.isEmpty()) {
      return new Counts(0, 0, 0);
    }
    String parameters = join(columns, column -> "?::text[]");
    String source = GIVEN.formatted(parameters, stagedColumns(""));
    try (PreparedStatement statement = connection.prepareStatement(counting(source))) {
      for (int i = 0; i < columns.size(); i++) {
        Array values =
            connection.createArrayOf(
                "text", rows.stream().map(columns.get(i).text()).toArray(String[]::new));
        statement.setArray(i + 1, values);
      }
      try (ResultSet counts = statement.executeQuery()) {
        return Counts.of(counts, rows.size());
      }
    }
  }

  /** The number of columns. */
  int width() {
    return columns.size();
  }

  /** The text of a row's column; null for SQL's null. */
  String text(int column, R row) {
    return columns.get(column).text().apply(row);
  }

  /** The names of the columns of a table of texts, each with its type. */
  String stagedColumns(String type) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> "c" + i + type)
        .collect(Collectors.joining(", "));
  }

  /** The name that a column has in a table of texts; null if it is not written. */
  String stagedColumn(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return "c" + i;
      }
    }
    return null;
  }

  /**
   * The statement that writes rows from a table of texts and returns how many were inserted and
   * updated.
   *
   * @param source the table, and a condition
   */
  String counting(String source) {
    return "with written as (%s) select count(*) filter (where inserted), count(*) filter (where not inserted) from written"
        .formatted(insertFrom(source));
  }

  /**
   * The statement that compares rows of a table of texts with the stored ones. It returns how many
   * are new, and how many differ.
   */
  String comparing(String source) {
    return "select count(*) filter (where stored.%1$s is null), count(*) filter (where stored.%1$s is not null and (%2$s) is distinct from (%3$s)) from %4$s left join %5$s stored on stored.%1$s = given.c0"
        .formatted(
            columns.get(0).name(),
            join(columns, column -> "stored." + column.name()),
            IntStream.range(0, columns.size())
                .mapToObj(this::typed)
                .collect(Collectors.joining(", ")),
            source,
            table);
  }

  /** The statement that writes rows from a table of texts and returns whether it inserted them. */
  String insertFrom(String source) {
    String key = columns.get(0).name();
    List<Column<R>> others = columns.subList(1, columns.size());
    String typed =
        IntStream.range(0, columns.size()).mapToObj(this::typed).collect(Collectors.joining(", "));
    // An inserted row has no xmax, an updated row has one.
    return "insert into %s as stored (%s) select %s from %s"
            .formatted(table, join(columns, column -> column.name()), typed, source)
        + " on conflict (%s) do update set %s where (%s) is distinct from (%s)"
            .formatted(
                key,
                join(others, column -> column.name() + " = excluded." + column.name()),
                join(others, column -> "stored." + column.name()),
                join(others, column -> "excluded." + column.name()))
        + " returning xmax = 0 as inserted";
  }

  private String typed(int i) {
    String value = "c" + i + "::" + columns.get(i).type();
    if (!columns.get(i).name().equals("created_at")) {
      return value;
    }
    // Exports do not always tell since when a client is one.
    return "coalesce(%s, (select u.created_at from shop.users u where u.user_id = c0), (select min(o.placed_at) from shop.orders o where o.user_id = c0), now())"
        .formatted(value);
  }

  private static <R> String join(List<Column<R>> columns, Function<Column<R>, String> part) {
    return columns.stream().map(part).collect(Collectors.joining(", "));
  }

  private static <R> Set<String> names(List<Column<R>> columns) {
    return columns.stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
  }

  private static String timestamp(Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static String arrayLiteral(List<String> texts) {
    return texts.stream()
        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }
}
