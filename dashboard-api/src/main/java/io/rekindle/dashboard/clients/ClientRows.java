package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientPlace.Part;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.Nested;
import org.jdbi.v3.core.result.ResultBearing;
import org.jdbi.v3.core.result.ResultProducers;

/** The parts that all ways to find a page of clients share. For one request on one handle. */
final class ClientRows {

  static final String USERS = " from shop.users u";
  static final String SCORES = " from engagement.user_scores s";

  // With offset 0, rows are looked up one by one in the order of the outer query. The planner takes
  // columns for independent and would otherwise join all rows.
  private static final String LOOK_UP =
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

  private static final String OCCURS =
      """
       and (select true from engagement.user_scores a where a.facet_code = s.facet_code%s limit 1)
      """;

  /**
   * A row of a list.
   *
   * @param client null if the client is gone: a score can outlive its client by a moment
   */
  record Listed(ClientPlace place, ClientProfile client) {}

  /** A place in a list with the columns of the client there. */
  private record ListedRow(
      int part, String sortValue, String placeId, @Nested ClientProfile client) {

    Listed listed() {
      return new Listed(new ClientPlace(Part.at(part), sortValue, placeId), client);
    }
  }

  /** How many rows were looked at, and how many of them match. */
  record Counted(int rows, int matches) {}

  private record StepRow(int part, String sortValue, String placeId) {

    ClientPlace place() {
      return new ClientPlace(Part.at(part), sortValue, placeId);
    }
  }

  private final Handle handle;
  private final ClientFilter filter;
  private final ClientConditions conditions;
  private final Sort sort;
  private final String direction;
  private final String beyond;

  /** The codes that the filter allows and that occur; null until they are read. */
  private List<Integer> facetCodes;

  ClientRows(Handle handle, ClientFilter filter) {
    this.handle = handle;
    this.filter = filter;
    this.conditions = new ClientConditions(filter);
    this.sort = filter.sort();
    this.direction = filter.descending() ? " desc" : "";
    this.beyond = filter.descending() ? " < " : " > ";
  }

  /** A join that looks up the score {@code s} of each row of a table. */
  static String scoreOfEach(String table) {
    return LOOK_UP.formatted("engagement.user_scores", table, "s");
  }

  /** A join that looks up the client {@code u} of each row of a table. */
  static String clientOfEach(String table) {
    return LOOK_UP.formatted("shop.users", table, "u");
  }

  ClientConditions conditions() {
    return conditions;
  }

  /** Empty, or for a descending order the word for it. */
  String direction() {
    return direction;
  }

  boolean searches() {
    return filter.searches();
  }

  /** Whether the list is in the order of an index of the scores. */
  boolean isByScores() {
    return sort.ofScores() || (sort == Sort.CREATED_AT && filter.asksForScores());
  }

  /** Counts rows, up to {@code most}. */
  int count(String from, int most, Map<String, Object> parameters) {
    return handle.createQuery(counting(from, most)).bindMap(parameters).mapTo(Integer.class).one();
  }

  /** Counts the steps of a walk, up to {@code most}; to be called in a transaction. */
  int countSteps(String steps, int most, Map<String, Object> parameters) {
    return walk(counting(" from " + steps + " as step", most), parameters)
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Counts the rows that meet conditions, among the first {@code most} rows.
   *
   * @param id the column with the client's id
   * @param conditions of the client {@code row.user_id}
   */
  Counted countLookedUp(
      String id, String from, String conditions, int most, Map<String, Object> parameters) {
    return handle
        .createQuery(
            "select count(*) as rows, count(*) filter (where true%s) as matches from (select %s as user_id%s limit %d) as row"
                .formatted(conditions, id, from, most))
        .bindMap(parameters)
        .mapTo(Counted.class)
        .one();
  }

  /** The last step of a walk of {@code most} steps; to be called in a transaction. */
  ClientPlace lastStep(Part part, String steps, int most, Map<String, Object> parameters) {
    String sql =
        "select %d as part, cast(value as text) as sort_value, user_id as place_id from %s offset %d limit 1"
            .formatted(part.place(), steps, most - 1);
    return walk(sql, parameters).mapTo(StepRow.class).one().place();
  }

  /** The clients in these places. */
  List<Listed> list(String places, Map<String, Object> parameters) {
    return listed(handle.createQuery(pageQuery(places)).bindMap(parameters));
  }

  /** The clients in these places of a walk; to be called in a transaction. */
  List<Listed> listSteps(String places, Map<String, Object> parameters) {
    return listed(walk(pageQuery(places), parameters));
  }

  private String pageQuery(String places) {
    return "select "
        + ClientProfileQuery.COLUMNS
        + ", place.part, cast(place.value as text) as sort_value, place.user_id as place_id"
        + " from ("
        + places
        + ") as place left join shop.users u on u.user_id = place.user_id"
        + " left join engagement.user_scores s on s.user_id = place.user_id"
        + " order by place.part, place.value%1$s, place.user_id%1$s".formatted(direction);
  }

  private static String counting(String from, int most) {
    return "select count(*) from (select 1" + from + " limit " + most + ") as counted";
  }

  private static List<Listed> listed(ResultBearing rows) {
    return rows.mapTo(ListedRow.class).map(ListedRow::listed).list();
  }

  /**
   * Runs a query through the indexes, whatever the planner's statistics of the tables are: to sort
   * all clients takes seconds. The settings go with the query in one round trip, which is one
   * transaction, so a query that fails leaves none of them behind.
   */
  private ResultBearing walk(String sql, Map<String, Object> parameters) {
    return handle
        .createQuery("set enable_sort = off; " + sql + "; set enable_sort = on")
        .bindMap(parameters)
        .execute(
            (statement, context) ->
                ResultProducers.createResultBearing(statement, ClientRows::firstRows, context));
  }

  private static ResultSet firstRows(Statement executed) throws SQLException {
    ResultSet rows = executed.getResultSet();
    while (rows == null && (executed.getMoreResults() || executed.getUpdateCount() != -1)) {
      rows = executed.getResultSet();
    }
    return rows;
  }

  /** A condition: behind that place in its part. */
  String beyond(ClientPlace after, String value, String id, Map<String, Object> parameters) {
    parameters.put("afterId", after.userId());
    if (after.part() != Part.WITH_VALUE) {
      return id + beyond + ":afterId";
    }
    parameters.put("after", after.value());
    return "(%s, %s)%s(cast(:after as %s), :afterId)".formatted(value, id, beyond, sort.type);
  }

  /** The facet codes that the filter allows and that occur. */
  List<Integer> facetCodes() {
    if (facetCodes == null) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      String sql = FACET_CODES + conditions.facets("s", parameters);
      if (filter.asksForRanges()) {
        // Leaves out the pieces of an index that have no score in the range.
        sql += OCCURS.formatted(conditions.ranges("a", parameters));
      }
      facetCodes = handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).list();
    }
    return facetCodes;
  }
}
