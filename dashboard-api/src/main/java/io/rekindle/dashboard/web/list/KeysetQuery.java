package io.rekindle.dashboard.web.list;

import io.rekindle.platform.text.Instants;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

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
    List<String[]> places = new ArrayList<>();
    List<T> items = new ArrayList<>();
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
    query
        .map(
            (row, context) -> {
              places.add(
                  new String[] {
                    row.getObject("list_at", OffsetDateTime.class).toInstant().toString(),
                    row.getString("list_id")
                  });
              return mapper.map(row, context);
            })
        .forEach(items::add);
    return items.size() <= limit
        ? new ListPage<>(items, null)
        : new ListPage<>(items.subList(0, limit), Cursor.write(name, places.get(limit - 1)));
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
}
