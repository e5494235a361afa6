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
  public record Counts(int inserted, int updated, int unchanged) {}

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

  private final String table;
  private final List<Column<R>> columns;
  private final String sql;

  private Upsert(String table, List<Column<R>> all, Set<String> written) {
    this.table = table;
    columns = all.stream().filter(column -> written.contains(column.name())).toList();
    sql = insertFrom("unnest(%s) as given(%s)".formatted(parameters(), stagedColumns("")));
  }

  /**
   * Writes users.
   *
   * @param columns the columns to write, of {@link #ALL_USER_COLUMNS}, the key among them
   */
  public static Upsert<UserRow> users(Set<String> columns) {
    return new Upsert<>("shop.users", USER_COLUMNS, columns);
  }

  /**
   * Writes orders.
   *
   * @param columns the columns to write, of {@link #ALL_ORDER_COLUMNS}, the key among them
   */
  public static Upsert<OrderRow> orders(Set<String> columns) {
    return new Upsert<>("shop.orders", ORDER_COLUMNS, columns);
  }

  /** Writes the rows in one statement of the connection's current transaction. */
  public Counts write(Connection connection, List<R> rows) throws SQLException {
    if (rows.isEmpty()) {
      return new Counts(0, 0, 0);
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, rows);
      return execute(statement, rows.size());
    }
  }

  /** Sets a statement's {@link #parameters} to the texts of rows. */
  void bind(PreparedStatement statement, List<R> rows) throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      Array values =
          statement
              .getConnection()
              .createArrayOf(
                  "text", rows.stream().map(columns.get(i).text()).toArray(String[]::new));
      statement.setArray(i + 1, values);
    }
  }

  /** Executes a statement that writes rows, and counts them. */
  Counts execute(PreparedStatement statement, long rows) throws SQLException {
    int inserted = 0;
    int updated = 0;
    try (ResultSet written = statement.executeQuery()) {
      while (written.next()) {
        if (written.getBoolean(1)) {
          inserted++;
        } else {
          updated++;
        }
      }
    }
    return new Counts(inserted, updated, Math.toIntExact(rows - inserted - updated));
  }

  /** The parameters of the columns, an array of texts each. */
  String parameters() {
    return join(columns, column -> "?::text[]");
  }

  /** The names of the columns of a table of texts, each with its type. */
  String stagedColumns(String type) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> "c" + i + type)
        .collect(Collectors.joining(", "));
  }

  /** The name that a column has in a table of texts. */
  String stagedColumn(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return "c" + i;
      }
    }
    throw new IllegalArgumentException("There is no column " + name);
  }

  /** The statement that writes rows from a table of texts. */
  String fromStage(String stage, String condition) {
    return insertFrom(stage + " where " + condition);
  }

  private String insertFrom(String source) {
    String key = columns.get(0).name();
    List<Column<R>> others = columns.subList(1, columns.size());
    String casts =
        IntStream.range(0, columns.size())
            .mapToObj(i -> "c" + i + "::" + columns.get(i).type())
            .collect(Collectors.joining(", "));
    // An inserted row has no xmax, an updated row has one.
    return "insert into %s as stored (%s) select %s from %s"
            .formatted(table, join(columns, column -> column.name()), casts, source)
        + " on conflict (%s) do update set %s where (%s) is distinct from (%s)"
            .formatted(
                key,
                join(others, column -> column.name() + " = excluded." + column.name()),
                join(others, column -> "stored." + column.name()),
                join(others, column -> "excluded." + column.name()))
        + " returning xmax = 0";
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
