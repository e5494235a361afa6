package io.rekindle.dashboard.users;

import io.rekindle.dashboard.http.Cursor;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.Page;
import io.rekindle.dashboard.users.UserFilter.Sort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Lists clients by an index of the sort column, page by page.
 *
 * <p>A list has up to three parts one after the other: those who have what it is sorted by, those
 * who have not, and those whom the pipeline has not scored yet. Each part is read from its own
 * table or index, so that no page costs more than what it shows. Stateless.
 */
final class UserList {

  /** More than this is only said to be more. */
  static final int MOST_COUNTED = 1_000;

  private static final int SHORTEST_TRIGRAM = 3;

  private static final String SCORED =
      " from engagement.user_scores s join shop.users u on u.user_id = s.user_id where true";
  private static final String ALL =
      " from shop.users u left join engagement.user_scores s on s.user_id = u.user_id where true";
  private static final String NOT_SCORED =
      ALL
          + " and not exists"
          + " (select from engagement.user_scores x where x.user_id = u.user_id)";

  /** The parts of a list, in this order. */
  private enum Part {
    WITH_VALUE,
    WITHOUT_VALUE,
    NOT_SCORED
  }

  private UserList() {}

  /**
   * The clients after a cursor, or the first ones without.
   *
   * @throws io.rekindle.dashboard.http.Refusal 400 if the cursor is not one of this list
   */
  static Page<UserProfile> page(Handle handle, UserFilter filter, String cursor, int limit) {
    String name = name(filter);
    String[] after = Cursor.read(cursor, name, 3);
    Part from = after == null ? Part.WITH_VALUE : part(after[0]);
    List<UserProfile> found = new ArrayList<>();
    List<String[]> places = new ArrayList<>();
    for (Part part : parts(filter)) {
      if (part.compareTo(from) < 0 || found.size() > limit) {
        continue;
      }
      String[] place = after != null && part == from ? after : null;
      Query query = query(handle, filter, part, place, limit + 1 - found.size());
      query
          .map(
              (row, context) -> {
                places.add(
                    new String[] {part.name(), row.getString("sort_value"), row.getString(1)});
                return UserProfiles.profile(row, context);
              })
          .forEach(found::add);
    }
    return found.size() <= limit
        ? new Page<>(found, null)
        : new Page<>(found.subList(0, limit), Cursor.write(name, places.get(limit - 1)));
  }

  /** Hands over every client of the list; to be called in a transaction. */
  static void forEach(Handle handle, UserFilter filter, Lists.ItemConsumer<UserProfile> consumer)
      throws Exception {
    for (Part part : parts(filter)) {
      try (var rows =
          query(handle, filter, part, null, null)
              .setFetchSize(1_000)
              .map(UserProfiles::profile)
              .iterator()) {
        while (rows.hasNext()) {
          consumer.accept(rows.next());
        }
      }
    }
  }

  /** How many there are, up to one more than {@link #MOST_COUNTED}. */
  static int count(Handle handle, UserFilter filter) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*) from (select 1"
            + (filter.asksForScores() ? SCORED : " from shop.users u where true")
            + conditions(filter, parameters)
            + " limit "
            + (MOST_COUNTED + 1)
            + ") as counted";
    return handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).one();
  }

  private static List<Part> parts(UserFilter filter) {
    if (!filter.sort().ofScores()) {
      return List.of(Part.WITH_VALUE, Part.WITHOUT_VALUE);
    }
    return filter.asksForScores()
        ? List.of(Part.WITH_VALUE, Part.WITHOUT_VALUE)
        : List.of(Part.values());
  }

  private static Query query(
      Handle handle, UserFilter filter, Part part, String[] after, Integer limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    Sort sort = filter.sort();
    String value = sort.expression();
    StringBuilder sql =
        new StringBuilder("select ")
            .append(UserProfiles.COLUMNS)
            .append(", cast(")
            .append(value)
            .append(" as text) as sort_value")
            .append(
                part == Part.NOT_SCORED
                    ? NOT_SCORED
                    : sort.ofScores() || filter.asksForScores() ? SCORED : ALL)
            .append(conditions(filter, parameters));
    String id = sort.ofScores() && part != Part.NOT_SCORED ? "s.user_id" : "u.user_id";
    String direction = filter.descending() ? " desc" : "";
    String beyond = filter.descending() ? " < " : " > ";
    if (part == Part.WITH_VALUE) {
      sql.append(" and ").append(value).append(" is not null");
      if (after != null) {
        sql.append(
            " and (%s, %s)%s(cast(:after as %s), :afterId)"
                .formatted(value, id, beyond, sort.type()));
        parameters.put("after", after[1]);
        parameters.put("afterId", after[2]);
      }
      sql.append(" order by ").append(value).append(direction).append(", ").append(id);
      sql.append(direction);
    } else {
      if (part == Part.WITHOUT_VALUE) {
        sql.append(" and ").append(value).append(" is null");
      }
      if (after != null) {
        sql.append(" and ").append(id).append(beyond).append(":afterId");
        parameters.put("afterId", after[2]);
      }
      sql.append(" order by ").append(id).append(direction);
    }
    if (limit != null) {
      sql.append(" limit ").append(limit);
    }
    return handle.createQuery(sql.toString()).bindMap(parameters);
  }

  private static String conditions(UserFilter filter, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    // The index finds a long word anywhere; short ones alone are looked for at the beginning.
    boolean anyLong = filter.search().stream().anyMatch(word -> word.length() >= SHORTEST_TRIGRAM);
    for (int i = 0; i < filter.search().size(); i++) {
      String word = filter.search().get(i).toLowerCase(Locale.ROOT);
      String name = "word" + i;
      if (anyLong || word.length() >= SHORTEST_TRIGRAM) {
        sql.append(" and dashboard.searchable(u.user_id, u.email, u.name) like :").append(name);
        parameters.put(name, "%" + literal(word) + "%");
      } else {
        sql.append(
            " and (lower(u.name) like :%1$s or lower(u.email) like :%1$s or lower(u.user_id) like :%1$s)"
                .formatted(name));
        parameters.put(name, literal(word) + "%");
      }
    }
    add(sql, parameters, " and s.segment = :segment", "segment", name(filter.segment()));
    add(sql, parameters, " and s.band = :band", "band", name(filter.band()));
    if (filter.atRisk() != null) {
      sql.append(filter.atRisk() ? " and s.at_risk" : " and not s.at_risk");
    }
    add(sql, parameters, " and s.score >= :scoreMin", "scoreMin", filter.scoreMin());
    add(sql, parameters, " and s.score <= :scoreMax", "scoreMax", filter.scoreMax());
    add(sql, parameters, " and s.last_order_at >= :from", "from", filter.lastOrderFrom());
    add(sql, parameters, " and s.last_order_at < :until", "until", filter.lastOrderUntil());
    return sql.toString();
  }

  private static void add(
      StringBuilder sql, Map<String, Object> parameters, String condition, String name, Object v) {
    if (v != null) {
      sql.append(condition);
      parameters.put(name, v);
    }
  }

  private static String literal(String word) {
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }

  private static String name(Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static String name(UserFilter filter) {
    return "users " + filter.sort().word() + (filter.descending() ? " desc" : " asc");
  }

  private static Part part(String name) {
    for (Part part : Part.values()) {
      if (part.name().equals(name)) {
        return part;
      }
    }
    throw Cursor.invalid();
  }
}
