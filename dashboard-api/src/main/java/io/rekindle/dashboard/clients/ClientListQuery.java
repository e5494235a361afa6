package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.web.list.Cursor;
import io.rekindle.dashboard.web.list.InvalidCursorException;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.dashboard.web.list.ListResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * A list of clients, page by page, at a cost that does not grow with the shop.
 *
 * <p>A list has up to three parts one after the other: those who have what it is sorted by, those
 * who have not, and those whom the pipeline has not scored yet. A page is found in one of these
 * ways, which give the same:
 *
 * <ul>
 *   <li>If few are found by the search, these are looked up and sorted.
 *   <li>If few have such scores, these are.
 *   <li>Else somebody fitting is never far: each part is walked through in its order, by an index,
 *       until a page is full. Those of the scores begin with the facet code, which is segment, band
 *       and risk in one number, and a walk merges the pieces of the index that the filter allows.
 *       Whether a search finds somebody is looked up in the set of all whom it finds, or of each if
 *       these are many.
 * </ul>
 *
 * <p>For one request on one handle.
 */
final class ClientListQuery {

  /** More than this is only said to be more. */
  static final int MAX_COUNTED = 1_000;

  /**
   * How much work is put into which way.
   *
   * @param few so many are looked up and sorted
   * @param fewByAge the same if the newest are required, to whom a walk is short
   * @param fewInTwoTables the same if each is looked up in two tables
   * @param steps a walk goes so far for each client that is required, and is then given up
   */
  record Effort(int few, int fewByAge, int fewInTwoTables, int steps) {

    /** Three hundredths of a second: of a million, a page is 5,000 steps away where few end. */
    static final Effort USUAL = new Effort(10_000, 5_000, 2_000, 400);

    /** Whom a word finds lie together by name: soon, or at the far end. */
    int stepsByName() {
      return Math.max(1, steps / 4);
    }

    /** Through an index alone, beside a hash table: a fourth of a usual step. */
    int stepsAmongFound() {
      return 2 * steps;
    }
  }

  /** Percent of the shop's clients that a search is tried on, to see how many it would find. */
  private static final double SAMPLE = 0.2;

  /** With so many hits in the sample, the total certainly exceeds MAX_COUNTED. */
  private static final int CERTAINLY_MORE = 200;

  /** What the index can look for: three letters or digits in a row. */
  private static final Pattern INDEXED = Pattern.compile("[\\p{L}\\p{N}]{3}");

  /**
   * Of a word with a number, only that is looked for in the index: what stands before it, everybody
   * may have.
   */
  private static final Pattern DIGITS = Pattern.compile("\\d{4,}");

  private static final String USERS = " from shop.users u";
  private static final String SCORES = " from engagement.user_scores s";
  private static final String WITH_SCORES =
      " left join engagement.user_scores s on s.user_id = u.user_id";

  /**
   * One by one and in the order that there is: of a few, or until there are enough, whatever the
   * planner expects, who takes columns for independent.
   */
  private static final String OF_EACH =
      " left join lateral (select * from %1$s x where x.user_id = %2$s.user_id offset 0) as %3$s on true";

  /** The facet codes that occur, in ascending order, with one row of each. */
  private static final String FACET_CODES =
      """
      with recursive one as (
        (select facet_code, segment, band, at_risk from engagement.user_scores
          order by facet_code limit 1)
        union all
        select s.facet_code, s.segment, s.band, s.at_risk from one cross join lateral (
          select * from engagement.user_scores x where x.facet_code > one.facet_code
          order by x.facet_code limit 1) as s)
      select facet_code from one as s where true
      """;

  private static final String ANYBODY =
      """
       and (select true from engagement.user_scores a where a.facet_code = s.facet_code%s limit 1)
      """;

  private enum Way {
    FEW_FOUND,
    FEW_SCORED,
    WALK_AMONG_FOUND,
    WALK
  }

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

  /**
   * Where in the list a client is.
   *
   * @param value what it is sorted by; null without
   */
  private record Place(Part part, String value, String userId) {
    String[] cursor() {
      return new String[] {part.name(), value, userId};
    }

    static Place of(String[] cursor) {
      for (Part part : Part.values()) {
        if (part.name().equals(cursor[0])) {
          return new Place(part, cursor[1], cursor[2]);
        }
      }
      throw new InvalidCursorException();
    }
  }

  /**
   * A row of the list.
   *
   * @param client null if there is none any more: a score can outlive its client by a moment
   */
  private record Listed(Place place, ClientProfile client) {}

  private final Handle handle;
  private final ClientFilter filter;
  private final Effort effort;
  private final boolean searches;

  /** What to sort by. */
  private final Sort sort;

  private final String direction;
  private final String beyond;

  /** Those that the filter allows and somebody has; null until somebody asks. */
  private List<Integer> facetCodes;

  /** How many of the sample the search finds. */
  private final int tried;

  private final Way way;

  ClientListQuery(Handle handle, ClientFilter filter) {
    this(handle, filter, Effort.USUAL);
  }

  ClientListQuery(Handle handle, ClientFilter filter, Effort effort) {
    this.handle = handle;
    this.filter = filter;
    this.effort = effort;
    this.searches = !filter.search().isEmpty();
    this.sort = filter.sort();
    this.direction = filter.descending() ? " desc" : "";
    this.beyond = filter.descending() ? " < " : " > ";
    this.tried = searches ? search() : 0;
    this.way = way();
  }

  /**
   * The clients after a cursor, or the first ones without.
   *
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  ListPage<ClientProfile> page(String cursor, int limit) {
    String name = "users " + sort.word() + (filter.descending() ? " desc" : " asc");
    String[] read = Cursor.read(cursor, name, 3);
    Place after = read == null ? null : Place.of(read);
    List<Listed> rows =
        isSorted()
            ? sorted(way, after, limit + 1)
            : handle.inTransaction(walking -> walk(after, limit + 1));
    List<ClientProfile> clients =
        rows.stream().limit(limit).map(Listed::client).filter(client -> client != null).toList();
    return new ListPage<>(
        clients,
        rows.size() <= limit ? null : Cursor.write(name, rows.get(limit - 1).place().cursor()));
  }

  /** Hands over every client of the list; to be called in a transaction. */
  void forEach(ListResponse.ItemConsumer<ClientProfile> consumer) throws Exception {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String part = part(Way.FEW_FOUND);
    String sql =
        "select "
            + ClientProfileQuery.COLUMNS
            + USERS
            + WITH_SCORES
            + " where true"
            + search(parameters)
            + scores("s", parameters)
            + " order by %s, %s%s, u.user_id%3$s".formatted(part, sort.expression(), direction);
    try (var rows =
        handle
            .createQuery(sql)
            .bindMap(parameters)
            .setFetchSize(1_000)
            .map(ClientProfileQuery::profile)
            .iterator()) {
      while (rows.hasNext()) {
        consumer.accept(rows.next());
      }
    }
  }

  /** How many there are, up to one more than {@link #MAX_COUNTED}. */
  int count() {
    if (tried >= CERTAINLY_MORE && !filter.asksForScores()) {
      return MAX_COUNTED + 1;
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    String from = USERS + " where true";
    if (way == Way.FEW_SCORED || (filter.asksForScores() && !searches)) {
      from = scored(searches, parameters);
    } else if (searches) {
      from = found(filter.asksForScores(), parameters);
    }
    return count(from, MAX_COUNTED + 1, parameters);
  }

  private int count(String from, int most, Map<String, Object> parameters) {
    return handle
        .createQuery("select count(*) from (select 1" + from + " limit :most) as counted")
        .bindMap(parameters)
        .bind("most", most)
        .mapTo(Integer.class)
        .one();
  }

  private Way way() {
    double found = tried * 100 / SAMPLE;
    if (searches && found <= fewFound()) {
      return Way.FEW_FOUND;
    }
    boolean mayBeFar = searches || filter.asksForRanges() || sort == Sort.NAME;
    if (filter.asksForScores() && mayBeFar && hasFew()) {
      return Way.FEW_SCORED;
    }
    return searches && isByScores() && found <= effort.few() ? Way.WALK_AMONG_FOUND : Way.WALK;
  }

  private int fewFound() {
    if (isByScores()) {
      return effort.fewInTwoTables();
    }
    return sort == Sort.NAME ? effort.few() : effort.fewByAge();
  }

  private boolean isSorted() {
    return way == Way.FEW_FOUND || way == Way.FEW_SCORED;
  }

  private int search() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*)"
            + USERS
            + " tablesample system ("
            + SAMPLE
            + ") where true"
            + search(parameters);
    return handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).one();
  }

  private boolean hasFew() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    int few = searches || sort == Sort.NAME ? effort.fewInTwoTables() : effort.few();
    return count(scored(false, parameters), few + 1, parameters) <= few;
  }

  // ------------------------------------------------------------------ looking up and sorting

  /** Of all parts: those who fit, sorted. */
  private List<Listed> sorted(Way by, Place after, int limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    boolean byScored = by == Way.FEW_SCORED;
    String value = byScored && sort.scoreColumn() != null ? sort.scoreColumn() : sort.expression();
    String id = byScored ? "s.user_id" : "u.user_id";
    String part = part(by);
    String select = "select %s as user_id, %s as part, %s as value".formatted(id, part, value);
    String from;
    boolean byUsers = !byScored && !sort.ofScores();
    if (byUsers) {
      from = USERS + " where true" + search(parameters);
    } else if (byScored) {
      from = scored(searches || sort == Sort.NAME, parameters);
    } else {
      from = found(true, parameters);
    }
    if (after != null) {
      parameters.put("part", after.part().place);
      from +=
          " and (%1$s > :part or %1$s = :part and ".formatted(part)
              + beyond(after, value, id, parameters)
              + ')';
    }
    String order = " order by part, value%1$s, %2$s%1$s".formatted(direction, id);
    String places = select + from + order;
    if (byUsers) {
      // Scores are only looked up until there are enough, in the order of the list.
      places = "select u.* from (" + places + " offset 0) as u";
      if (filter.asksForScores()) {
        places += OF_EACH.formatted("engagement.user_scores", "u", "s");
      }
      places += " where true" + scores("s", parameters) + order;
    }
    return list(places + " limit " + limit, parameters);
  }

  private String part(Way by) {
    String value =
        by == Way.FEW_SCORED && sort.scoreColumn() != null ? sort.scoreColumn() : sort.presence();
    return by != Way.FEW_SCORED && sort.ofScores()
        ? "case when s.user_id is null then 2 when %s is null then 1 else 0 end".formatted(value)
        : "case when %s is null then 1 else 0 end".formatted(value);
  }

  /** From those whom the search finds by its index. */
  private String found(boolean withScores, Map<String, Object> parameters) {
    return " from (select u.user_id"
        + USERS
        + " where true"
        + search(parameters)
        + " offset 0) as u"
        + (withScores ? OF_EACH.formatted("engagement.user_scores", "u", "s") : "")
        + " where true"
        + scores("s", parameters);
  }

  /** From those who have such scores. */
  private String scored(boolean withUsers, Map<String, Object> parameters) {
    return SCORES
        + (withUsers ? OF_EACH.formatted("shop.users", "s", "u") : "")
        + " where s.facet_code = any('{%s}')"
            .formatted(facetCodes().stream().map(String::valueOf).collect(Collectors.joining(",")))
        + ranges("s", parameters)
        + (withUsers ? search(parameters) : "");
  }

  // ------------------------------------------------------------------ walking

  private List<Listed> walk(Place after, int limit) {
    // By the indexes, however little is known of the tables: to sort everybody takes seconds.
    handle.execute("set local enable_sort = off");
    List<Listed> rows = new ArrayList<>();
    for (Part part : parts()) {
      if ((after != null && part.compareTo(after.part()) < 0) || rows.size() == limit) {
        continue;
      }
      Map<String, Object> parameters = new LinkedHashMap<>();
      int required = limit - rows.size();
      int most = required * stepsForEach();
      String steps =
          steps(part, after != null && part == after.part() ? after : null, most, parameters);
      if (steps == null) {
        continue;
      }
      List<Listed> found = fitting(part, steps, required, parameters);
      if (found.size() < required
          && count(" from " + steps + " as step", most, parameters) == most) {
        return sorted(searches ? Way.FEW_FOUND : Way.FEW_SCORED, after, limit);
      }
      rows.addAll(found);
    }
    return rows;
  }

  private int stepsForEach() {
    if (way == Way.WALK_AMONG_FOUND) {
      return effort.stepsAmongFound();
    }
    return searches && sort == Sort.NAME ? effort.stepsByName() : effort.steps();
  }

  private List<Part> parts() {
    if (sort == Sort.CREATED_AT) {
      return List.of(Part.WITH_VALUE);
    }
    return sort.ofScores() && !filter.asksForScores()
        ? List.of(Part.values())
        : List.of(Part.WITH_VALUE, Part.WITHOUT_VALUE);
  }

  private boolean isByScores() {
    return sort.ofScores() || (sort == Sort.CREATED_AT && filter.asksForScores());
  }

  /** A query for ids with values, in the order of an index; null if nobody has such a score. */
  private String steps(Part part, Place after, int most, Map<String, Object> parameters) {
    boolean byScores = isByScores() && part != Part.NOT_SCORED;
    if (byScores && facetCodes().isEmpty()) {
      return null;
    }
    String value = byScores ? sort.scoreColumn() : sort.expression();
    String id = byScores ? "s.user_id" : "u.user_id";
    StringBuilder where = new StringBuilder(" where ");
    if (part == Part.NOT_SCORED) {
      value = "cast(null as %s)".formatted(sort.type());
      where.append("not exists (select from engagement.user_scores x where x.user_id = u.user_id)");
    } else {
      where.append(byScores ? value : sort.presence());
      where.append(part == Part.WITH_VALUE ? " is not null" : " is null");
    }
    if (after != null) {
      where.append(" and ").append(beyond(after, value, id, parameters));
    }
    String order = order(byScores || part == Part.WITH_VALUE);
    // What a search looks at is at hand where it walks through the clients themselves.
    String columns = byScores ? "" : ", name, email";
    String select = "select %s as user_id, %s as value%s".formatted(id, value, columns);
    String pieces;
    if (byScores) {
      where.append(ranges("s", parameters));
      // Each in order by itself, so that they are merged and not sorted.
      pieces =
          facetCodes().stream()
              .map(
                  facetCode ->
                      "(%s%s%s and s.facet_code = %d%s)"
                          .formatted(select, SCORES, where, facetCode, order))
              .collect(Collectors.joining(" union all "));
    } else {
      pieces = select + USERS + where;
    }
    return "(select user_id, value%s from (%s) as piece%s limit %d)"
        .formatted(columns, pieces, order, most);
  }

  /** By the value also where there is none, among the scores: their indexes are in this order. */
  private String order(boolean byValue) {
    return (byValue ? " order by value%1$s, user_id%1$s" : " order by user_id%1$s")
        .formatted(direction);
  }

  /** Who of those that the steps lead to fits, as far as the steps do not see to it. */
  private List<Listed> fitting(Part part, String steps, int limit, Map<String, Object> ofSteps) {
    Map<String, Object> parameters = new LinkedHashMap<>(ofSteps);
    boolean byScores = isByScores() && part != Part.NOT_SCORED;
    StringBuilder places =
        new StringBuilder("select step.user_id, %d as part, step.value from ".formatted(part.place))
            .append(steps)
            .append(" as step");
    if (filter.asksForScores() && !byScores) {
      places.append(OF_EACH.formatted("engagement.user_scores", "step", "s"));
    }
    if (way == Way.WALK && searches && byScores) {
      places.append(OF_EACH.formatted("shop.users", "step", "u"));
    }
    places.append(" where true");
    if (way == Way.WALK) {
      places.append(search(byScores ? "u" : "step", parameters));
    } else {
      // All who are found are kept in a hash table, which is far less than to look at each step's.
      places
          .append(" and (step.user_id in (select u.user_id")
          .append(USERS)
          .append(" where true")
          .append(search(parameters))
          .append(" offset 0)) is true");
    }
    if (!byScores) {
      places.append(scores("s", parameters));
    }
    places.append(order(byScores || part == Part.WITH_VALUE)).append(" limit ").append(limit);
    return list(places.toString(), parameters);
  }

  // ------------------------------------------------------------------ what both ways share

  /** The clients in these places. */
  private List<Listed> list(String places, Map<String, Object> parameters) {
    String sql =
        "select "
            + ClientProfileQuery.COLUMNS
            + ", place.part, cast(place.value as text) as sort_value, place.user_id as place_id"
            + " from ("
            + places
            + ") as place left join shop.users u on u.user_id = place.user_id"
            + " left join engagement.user_scores s on s.user_id = place.user_id"
            + " order by place.part, place.value%1$s, place.user_id%1$s".formatted(direction);
    return handle
        .createQuery(sql)
        .bindMap(parameters)
        .map(
            (row, context) ->
                new Listed(
                    new Place(
                        Part.at(row.getInt("part")),
                        row.getString("sort_value"),
                        row.getString("place_id")),
                    row.getString("user_id") == null
                        ? null
                        : ClientProfileQuery.profile(row, context)))
        .list();
  }

  private String beyond(Place after, String value, String id, Map<String, Object> parameters) {
    parameters.put("afterId", after.userId());
    if (after.part() != Part.WITH_VALUE) {
      return id + beyond + ":afterId";
    }
    parameters.put("after", after.value());
    return "(%s, %s)%s(cast(:after as %s), :afterId)".formatted(value, id, beyond, sort.type());
  }

  private List<Integer> facetCodes() {
    if (facetCodes == null) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      String sql = FACET_CODES + facets("s", parameters);
      if (filter.asksForRanges()) {
        // A piece of an index in which nobody is in the range is not even begun.
        sql += ANYBODY.formatted(ranges("a", parameters));
      }
      facetCodes = handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).list();
    }
    return facetCodes;
  }

  private String search(Map<String, Object> parameters) {
    return search("u", parameters);
  }

  private String search(String users, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    // The index finds a long word anywhere; short ones alone are looked for at the beginning.
    boolean anywhere = filter.search().stream().anyMatch(word -> INDEXED.matcher(word).find());
    for (int i = 0; i < filter.search().size(); i++) {
      String word = filter.search().get(i).toLowerCase(Locale.ROOT);
      String name = "word" + i;
      if (anywhere) {
        String text =
            " and dashboard.searchable(%1$s.user_id, %1$s.email, %1$s.name)".formatted(users);
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
            (" and (lower(%1$s.name) like :%2$s or lower(%1$s.email) like :%2$s"
                    + " or lower(%1$s.user_id) like :%2$s)")
                .formatted(users, name));
        parameters.put(name, literal(word) + "%");
      }
    }
    return sql.toString();
  }

  private String scores(String scores, Map<String, Object> parameters) {
    return facets(scores, parameters) + ranges(scores, parameters);
  }

  private String facets(String scores, Map<String, Object> parameters) {
    StringBuilder sql = new StringBuilder();
    String and = " and " + scores;
    add(sql, parameters, and + ".segment = :segment", "segment", name(filter.segment()));
    add(sql, parameters, and + ".band = :band", "band", name(filter.band()));
    add(sql, parameters, and + ".at_risk = :atRisk", "atRisk", filter.atRisk());
    return sql.toString();
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
}
