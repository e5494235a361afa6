package io.rekindle.dashboard.list;

import io.rekindle.platform.text.Instants;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * A list that goes back in time: rows by an instant and, among those of one instant, by an id, the
 * newest first, page by page.
 *
 * @param name of the list, for its cursors
 * @param sql a query without order, whose rows have the columns {@code list_at} and {@code list_id}
 *     (text), neither null
 * @param type of the items, each component of which is the column of its name in snake case
 */
public record KeysetQuery<T extends Record>(String name, String sql, Class<T> type) {

  /**
   * The items after a cursor, or the newest ones without.
   *
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  public ListPage<T> page(Handle handle, Map<String, ?> parameters, String cursor, int limit) {
    return page(handle, parameters, "true", cursor, limit);
  }

  /**
   * The items after a cursor, or the newest ones without; none if a condition is false.
   *
   * @param condition in SQL, of the parameters alone
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  public ListPage<T> page(
      Handle handle, Map<String, ?> parameters, String condition, String cursor, int limit) {
    String[] after = Cursor.read(cursor, name, 2);
    if (after != null && after[1] == null) {
      throw new InvalidCursorException();
    }
    var query =
        handle
            .createQuery(
                "select * from ("
                    + sql
                    + ") as listed where "
                    + condition
                    + (after == null
                        ? ""
                        : " and (list_at, list_id) < (cast(:afterAt as timestamptz), :afterId)")
                    + " order by list_at desc, list_id desc limit "
                    + (limit + 1))
            .bindMap(parameters);
    if (after != null) {
      query.bind("afterAt", instant(after[0])).bind("afterId", after[1]);
    }
    List<Placed<T>> rows =
        query
            .map(
                row ->
                    new Placed<>(
                        row.getColumn("list_at", Instant.class),
                        row.getColumn("list_id", String.class),
                        row.getRow(type)))
            .list();
    List<T> items = rows.stream().limit(limit).map(Placed::item).toList();
    return new ListPage<>(
        items,
        rows.size() <= limit
            ? null
            : Cursor.write(name, rows.get(limit - 1).at().toString(), rows.get(limit - 1).id()));
  }

  /** Hands over every item, the newest first; to be called in a transaction. */
  public void forEach(Handle handle, Map<String, ?> parameters, ItemConsumer<T> consumer)
      throws Exception {
    try (var items =
        handle
            .createQuery(
                "select * from (" + sql + ") as listed order by list_at desc, list_id desc")
            .bindMap(parameters)
            .setFetchSize(1_000)
            .mapTo(type)
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
}
