package io.rekindle.dashboard.users;

import io.rekindle.dashboard.http.Cursor;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.Page;
import io.rekindle.dashboard.users.UserFilter.Sort;
import io.rekindle.scoring.Band;
import io.rekindle.scoring.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * A list of clients, page by page, at a cost that does not grow with the shop.
 *
 * <p>A list has up to three parts one after the other: those who have what it is sorted by, those
 * who have not, and those whom the pipeline has not scored yet. It is read in one of two ways,
 * which give the same:
 *
 * <ul>
 *   <li>If the filter leaves only a few, these are looked up and sorted.
 *   <li>Else somebody fitting is never far: each part is read in its order from an index. Those of
 *       the scores begin with segment, band and risk, and a filter by these merges the pieces of
 *       the index that it allows.
 * </ul>
 *
 * <p>For one request on one handle.
 */
final class UserList {

  /** More than this is only said to be more. */
  static final int MOST_COUNTED = 1_000;

  /** So many are looked up and sorted in a few hundredths of a second. */
  private static final int FEW = 10_000;

  /** The same of those whom a search finds, who are hard to come by otherwise. */
  private static final int FEW_FOUND = 25_000;

  /** Percent of the shop's clients that a search is tried on, to see how many it would find. */
  private static final double SAMPLE = 0.2;

  /** What the index can look for: three letters or digits in a row. */
  private static final Pattern INDEXED = Pattern.compile("[\\p{L}\\p{N}]{3}");

  /**
   * Of a word with a number, only that is looked for in the index: what stands before it, everybody
   * may have.
   */
  private static final Pattern DIGITS = Pattern.compile("\\d{4,}");

  private static final String USERS = " from shop.users u";
  private static final String WITH_SCORES =
      " left join engagement.user_scores s on s.user_id = u.user_id where true";

  // One by one: of a few, however many the planner takes them for.
  private static final String WITH_SCORE_OF_EACH =
      """
       left join lateral (
         select * from engagement.user_scores x where x.user_id = u.user_id offset 0) as s on true
       where true
      """;
  private static final String USER_OF_EACH =
      """
       join lateral (select * from shop.users x where x.user_id = piece.user_id offset 0) as u on true
      """;

  /** Pieces of an index of the scores; {@code limit} and more come from {@link #pieces}. */
  private static final String PIECES =
      """
       from unnest(cast(:segments as text[])) as segments (segment)
       cross join unnest(cast(:bands as text[])) as bands (band)
       cross join unnest(cast(:risks as boolean[])) as risks (at_risk)
       cross join lateral (
         select %s from engagement.user_scores s%s
         where s.segment = segments.segment and s.band = bands.band and s.at_risk = risks.at_risk%s)
         as piece
      """;

  private static final String ANYBODY =
      """
       and (
         select true from engagement.user_scores a
         where a.segment = segments.segment and a.band = bands.band and a.at_risk = risks.at_risk%s
         limit 1)
      """;

  /** The parts of a list, in this order. */
  private enum Part {
    WITH_VALUE(0),
    WITHOUT_VALUE(1),
    NOT_SCORED(2);

    private final int place;

    Part(int place) {
      this.place = place;
    }

    static Part at(int place) {
      return Arrays.stream(values()).filter(part -> part.place == place).findFirst().orElseThrow();
    }
  }

  private final Handle handle;
  private final UserFilter filter;
  private final boolean few;

  /** Whether the few are looked up in the shop's table, else in an index of the scores. */
  private final boolean looksUp;

  /** What to sort by. */
  private final Sort sort;

  private final String direction;
  private final String beyond;

  UserList(Handle handle, UserFilter filter) {
    this.handle = handle;
    this.filter = filter;
    this.sort = filter.sort();
    this.direction = filter.descending() ? " desc" : "";
    this.beyond = filter.descending() ? " < " : " > ";
    this.few = isFew();
    this.looksUp = few && (!filter.search().isEmpty() || !isByScores());
  }

  /**
   * The clients after a cursor, or the first ones without.
   *
   * @throws io.rekindle.dashboard.http.Refusal 400 if the cursor is not one of this list
   */
  Page<UserProfile> page(String cursor, int limit) {
    String name = "users " + sort.word() + (filter.descending() ? " desc" : " asc");
    String[] after = Cursor.read(cursor, name, 3);
    Part from = after == null ? Part.WITH_VALUE : part(after[0]);
    List<UserProfile> found = new ArrayList<>();
    List<String[]> places = new ArrayList<>();
    for (Part part : looksUp ? List.of(from) : parts()) {
      if (part.compareTo(from) < 0 || places.size() > limit) {
        continue;
      }
      String[] place = after != null && part == from ? after : null;
      int wanted = limit + 1 - places.size();
      Query query = looksUp ? lookUp(place, wanted) : query(part, place, wanted);
      query
          .map(
              (row, context) -> {
                places.add(
                    new String[] {
                      looksUp ? Part.at(row.getInt("part")).name() : part.name(),
                      row.getString("sort_value"),
                      row.getString("place_id")
                    });
                // A score can outlive its client by a moment.
                if (row.getString("user_id") != null && places.size() <= limit) {
                  found.add(UserProfiles.profile(row, context));
                }
                return null;
              })
          .list();
    }
    return new Page<>(
        found, places.size() <= limit ? null : Cursor.write(name, places.get(limit - 1)));
  }

  /** Hands over every client of the list; to be called in a transaction. */
  void forEach(Lists.ItemConsumer<UserProfile> consumer) throws Exception {
    try (var rows = lookUp(null, null).setFetchSize(1_000).map(UserProfiles::profile).iterator()) {
      while (rows.hasNext()) {
        consumer.accept(rows.next());
      }
    }
  }

  /** How many there are, up to one more than {@link #MOST_COUNTED}. */
  int count() {
    boolean searches = !filter.search().isEmpty();
    if (searches ? few : !filter.asksForScores()) {
      return countUsers();
    }
    // What is not few is far more than are counted.
    return filter.asksForScores() ? countScores(MOST_COUNTED + 1) : MOST_COUNTED + 1;
  }

  private int countUsers() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*) from (select 1"
            + USERS
            + (filter.asksForScores() ? WITH_SCORE_OF_EACH : " where true")
            + search(parameters)
            + facets(parameters)
            + ranges(parameters)
            + " limit :limit) as counted";
    return handle
        .createQuery(sql)
        .bindMap(parameters)
        .bind("limit", MOST_COUNTED + 1)
        .mapTo(Integer.class)
        .one();
  }

  /** How many have such scores, up to {@code most}. */
  private int countScores(int most) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*) from (select 1"
            + PIECES.formatted("1", user(parameters), rangesOfPiece(parameters) + " limit :limit")
            + " limit :limit) as counted";
    return pieces(handle.createQuery(sql).bindMap(parameters))
        .bind("limit", most)
        .mapTo(Integer.class)
        .one();
  }

  private boolean isFew() {
    if (filter.search().isEmpty()) {
      // Any other order of those scores has an index that begins with what they are filtered by.
      return (filter.asksForRanges() || (sort == Sort.NAME && filter.asksForScores()))
          && countScores(FEW + 1) <= FEW;
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*)"
            + USERS
            + " tablesample system ("
            + SAMPLE
            + ") where true"
            + search(parameters);
    return handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).one()
        <= FEW_FOUND * SAMPLE / 100;
  }

  private boolean isByScores() {
    return sort.ofScores() || (sort == Sort.CREATED_AT && filter.asksForScores());
  }

  private List<Part> parts() {
    if (sort == Sort.CREATED_AT) {
      return List.of(Part.WITH_VALUE);
    }
    return sort.ofScores() && !filter.asksForScores()
        ? List.of(Part.values())
        : List.of(Part.WITH_VALUE, Part.WITHOUT_VALUE);
  }

  /** Of all parts: those who fit, sorted. */
  private Query lookUp(String[] after, Integer limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String value = sort.expression();
    String part =
        sort.ofScores()
            ? "case when s.user_id is null then 2 when %s is null then 1 else 0 end"
                .formatted(value)
            : "case when %s is null then 1 else 0 end".formatted(value);
    StringBuilder beyondAndOrder = new StringBuilder();
    if (after != null) {
      Part last = part(after[0]);
      parameters.put("part", last.place);
      beyondAndOrder
          .append(" and (%1$s > :part or %1$s = :part and ".formatted(part))
          .append(beyond(last == Part.WITH_VALUE, value, "u.user_id", after, parameters))
          .append(')');
    }
    beyondAndOrder.append(" order by %s, %s%s, u.user_id%3$s".formatted(part, value, direction));
    if (limit != null) {
      beyondAndOrder.append(" limit ").append(limit);
    }
    boolean byScores = looksUp && filter.search().isEmpty();
    // Scores are only looked up for more than are shown if it depends on them who is.
    boolean byShop = looksUp && !byScores && !sort.ofScores() && !filter.asksForScores();
    String found =
        byScores
            ? PIECES.formatted("s.user_id", "", rangesOfPiece(parameters)) + USER_OF_EACH
            : USERS + " where true" + search(parameters) + (byShop ? beyondAndOrder : "");
    String sql =
        "with u as "
            + (looksUp ? "materialized " : "")
            + "(select u.*"
            + found
            + ") select "
            + UserProfiles.COLUMNS
            + ", %s as part, cast(%s as text) as sort_value".formatted(part, value)
            + ", u.user_id as place_id from u"
            + (looksUp ? WITH_SCORE_OF_EACH : WITH_SCORES)
            + facets(parameters)
            + ranges(parameters)
            + beyondAndOrder;
    Query query = handle.createQuery(sql).bindMap(parameters);
    return byScores ? pieces(query) : query;
  }

  private Query query(Part part, String[] after, int limit) {
    return isByScores() && part != Part.NOT_SCORED
        ? scoresQuery(part, after, limit)
        : usersQuery(part, after, limit);
  }

  /** From the pieces of an index of the scores, and only those who are shown from the tables. */
  private Query scoresQuery(Part part, String[] after, int limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String value = sort.scoreColumn();
    String joined = user(parameters);
    StringBuilder where = new StringBuilder(rangesOfPiece(parameters));
    where.append(" and ").append(value);
    where.append(part == Part.WITH_VALUE ? " is not null" : " is null");
    if (after != null) {
      where
          .append(" and ")
          .append(beyond(part == Part.WITH_VALUE, value, "s.user_id", after, parameters));
    }
    if (!few) {
      // By the value also where there is none: so the index is known to be in this order.
      where.append(
          " order by %1$s%2$s, s.user_id%2$s limit %3$d".formatted(value, direction, limit));
    }
    String sql =
        "select "
            + UserProfiles.COLUMNS
            + ", cast(place.value as text) as sort_value, place.user_id as place_id"
            + " from (select piece.user_id, piece.value"
            + PIECES.formatted("s.user_id, " + value + " as value", joined, where)
            + " order by value%1$s, user_id%1$s limit %2$d) as place".formatted(direction, limit)
            + " join engagement.user_scores s on s.user_id = place.user_id"
            + " left join shop.users u on u.user_id = place.user_id"
            + " order by place.value%1$s, place.user_id%1$s".formatted(direction);
    return pieces(handle.createQuery(sql).bindMap(parameters));
  }

  /** From an index of the shop's clients. */
  private Query usersQuery(Part part, String[] after, int limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String value = sort.expression();
    StringBuilder sql =
        new StringBuilder("select ")
            .append(UserProfiles.COLUMNS)
            .append(", cast(%s as text) as sort_value, u.user_id as place_id".formatted(value))
            .append(USERS)
            .append(WITH_SCORES)
            .append(search(parameters))
            .append(facets(parameters))
            .append(ranges(parameters));
    if (part == Part.NOT_SCORED) {
      sql.append(
          " and not exists"
              + " (select from engagement.user_scores x where x.user_id = u.user_id)");
    } else {
      sql.append(" and ").append(sort.presence());
      sql.append(part == Part.WITH_VALUE ? " is not null" : " is null");
    }
    if (after != null) {
      sql.append(" and ")
          .append(beyond(part == Part.WITH_VALUE, value, "u.user_id", after, parameters));
    }
    sql.append(" order by ");
    if (part == Part.WITH_VALUE) {
      sql.append(value).append(direction).append(", ");
    }
    sql.append("u.user_id").append(direction).append(" limit ").append(limit);
    return handle.createQuery(sql.toString()).bindMap(parameters);
  }

  private String beyond(
      boolean withValue, String value, String id, String[] after, Map<String, Object> parameters) {
    parameters.put("afterId", after[2]);
    if (!withValue) {
      return id + beyond + ":afterId";
    }
    parameters.put("after", after[1]);
    return "(%s, %s)%s(cast(:after as %s), :afterId)".formatted(value, id, beyond, sort.type());
  }

  /** Joins whom is searched for to a score, one by one; nothing if nobody is. */
  private String user(Map<String, Object> parameters) {
    return filter.search().isEmpty()
        ? ""
        : " join lateral (select from shop.users u where u.user_id = s.user_id"
            + search(parameters)
            + " offset 0) as sought on true";
  }

  private String search(Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    // The index finds a long word anywhere; short ones alone are looked for at the beginning.
    boolean anywhere = filter.search().stream().anyMatch(word -> INDEXED.matcher(word).find());
    for (int i = 0; i < filter.search().size(); i++) {
      String word = filter.search().get(i).toLowerCase(Locale.ROOT);
      String name = "word" + i;
      if (anywhere) {
        String text = " and dashboard.searchable(u.user_id, u.email, u.name)";
        Matcher digits = DIGITS.matcher(word);
        if (digits.find()) {
          sql.append(text).append(" like :digits").append(i);
          parameters.put("digits" + i, "%" + digits.group() + "%");
          text += " || ''";
        }
        sql.append(text).append(" like :").append(name);
        parameters.put(name, "%" + literal(word) + "%");
      } else {
        sql.append(
            " and (lower(u.name) like :%1$s or lower(u.email) like :%1$s or lower(u.user_id) like :%1$s)"
                .formatted(name));
        parameters.put(name, literal(word) + "%");
      }
    }
    return sql.toString();
  }

  /** What {@link #pieces} says otherwise. */
  private String facets(Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    add(sql, parameters, " and s.segment = :segment", "segment", name(filter.segment()));
    add(sql, parameters, " and s.band = :band", "band", name(filter.band()));
    if (filter.atRisk() != null) {
      sql.append(filter.atRisk() ? " and s.at_risk" : " and not s.at_risk");
    }
    return sql.toString();
  }

  private Query pieces(Query query) {
    return query
        .bindArray("segments", String.class, names(filter.segment(), Segment.values()))
        .bindArray("bands", String.class, names(filter.band(), Band.values()))
        .bindArray(
            "risks",
            Boolean.class,
            filter.atRisk() == null ? List.of(true, false) : List.of(filter.atRisk()));
  }

  private String ranges(Map<String, Object> parameters) {
    return ranges("s", parameters);
  }

  private String ranges(String scores, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    String and = " and " + scores;
    add(sql, parameters, and + ".score >= :scoreMin", "scoreMin", filter.scoreMin());
    add(sql, parameters, and + ".score <= :scoreMax", "scoreMax", filter.scoreMax());
    add(sql, parameters, and + ".last_order_at >= :from", "from", filter.lastOrderFrom());
    add(sql, parameters, and + ".last_order_at < :until", "until", filter.lastOrderUntil());
    return sql.toString();
  }

  /** The same of a piece, which is not even begun where nobody is in the range. */
  private String rangesOfPiece(Map<String, Object> parameters) {
    return filter.asksForRanges()
        ? ranges(parameters) + ANYBODY.formatted(ranges("a", parameters))
        : "";
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

  private static List<String> names(Enum<?> value, Enum<?>[] all) {
    return value == null ? Arrays.stream(all).map(Enum::name).toList() : List.of(value.name());
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
