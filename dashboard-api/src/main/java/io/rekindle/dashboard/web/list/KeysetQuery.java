package io.rekindle.dashboard.web.list;

import io.rekindle.platform.text.Instants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A list that goes back in time: rows by an instant and, among those of one instant, by an id, the
 * newest first, page by page.
 *
 * @param name of the list, for its cursors
 * @param sql a query without order, whose rows have the columns {@code list_at} and {@code list_id}
 *     (text), neither null
 * @param mapper makes an item of a row
 */
public record KeysetQuery<T>(String name, String sql, RowMapper<T> mapper) {

  /** A list whose items are records, each component the column of its name in snake case. */
  public static <T extends Record> KeysetQuery<T> of(String name, String sql, Class<T> type) {
    return new KeysetQuery<>(name, sql, ConstructorMapper.of(type));
  }

  /**
   * The items after a cursor, or the newest ones without.
   *
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  public ListPage<T> page(Handle handle, Map<String, ?> parameters, String cursor, int limit) {
    String[] after = Cursor.read(cursor, name, 2);
    if (after != null && after[1] == null) {
      throw new InvalidCursorException();
    }
    var query =
        handle
            .createQuery(
                "select * from ("
                    + sql
                    + ") as listed"
                    + (after == null
                        ? ""
                        : " where (list_at, list_id) < (cast(:afterAt as timestamptz), :afterId)")
                    + " order by list_at desc, list_id desc limit "
                    + (limit + 1))
            .bindMap(parameters);
    if (after != null) {
      query.bind("afterAt", instant(after[0])).bind("afterId", after[1]);
    }
    List<Placed<T>> rows = query.map(new PlacedMapper<>(mapper)).list();
    List<T> items = rows.stream().limit(limit).map(Placed::item).toList();
    return new ListPage<>(
        items,
        rows.size() <= limit
            ? null
            : Cursor.write(name, rows.get(limit - 1).at().toString(), rows.get(limit - 1).id()));
  }

  /** Hands over every item, the newest first; to be called in a transaction. */
  public void forEach(
      Handle handle, Map<String, ?> parameters, ListResponse.ItemConsumer<T> consumer)
      throws Exception {
    try (var items =
        handle
            .createQuery(
                "select * from (" + sql + ") as listed order by list_at desc, list_id desc")
            .bindMap(parameters)
            .setFetchSize(1_000)
            .map(mapper)
            .iterator()) {
      while (items.hasNext()) {
        consumer.accept(items.next());
      }
    }
  }

  /** A text, since Postgres keeps microseconds and a bound instant must not lose them. */
  private static String instant(String text) {
    try {
      return Instants.parse(text).toString();
    } catch (DateTimeException | NullPointerException e) {
      throw new InvalidCursorException();
    }
  }

  /** An item and its place in the list. */
  private record Placed<T>(Instant at, String id, T item) {}

  private record PlacedMapper<T>(RowMapper<T> items) implements RowMapper<Placed<T>> {

    @Override
    public Placed<T> map(ResultSet row, StatementContext context) throws SQLException {
      return new Placed<>(
          row.getObject("list_at", OffsetDateTime.class).toInstant(),
          row.getString("list_id"),
          items.map(row, context));
    }

    @Override
    public RowMapper<Placed<T>> specialize(ResultSet rows, StatementContext context)
        throws SQLException {
      return new PlacedMapper<>(items.specialize(rows, context));
    }
  }
}
