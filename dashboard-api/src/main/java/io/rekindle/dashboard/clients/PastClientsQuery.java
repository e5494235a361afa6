package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientPlace.Part;
import io.rekindle.dashboard.list.InvalidCursorException;
import io.rekindle.dashboard.list.ItemConsumer;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.statistics.KnownHistory;
import io.rekindle.dashboard.statistics.Movement;
import io.rekindle.dashboard.statistics.PastRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.Nested;

/**
 * The clients at the end of a past day, page by page. No index has the past of all clients. So a
 * page walks from client to client, and looks up the last row of each before the end of the day. It
 * stops after some thousand clients. For one request on one handle.
 */
final class PastClientsQuery {

  /** A page of rare matches looks so many clients up: some hundredths of a second. */
  private static final int MAX_STEPS = 5_000;

  private static final String COLUMNS =
      """
      cast(:day as date) as day, step.user_id, step.email, step.name, s.score as engagement_score,
      s.band, s.segment, s.at_risk, engagement.winnable(s.segment, s.at_risk) as winnable, s.as_of,
      s.policy_version, cast(:reconstructed as boolean) as reconstructed
      """;

  /** How many clients were looked up, and how many of them match. */
  record Counted(int steps, int matches) {}

  private record Row(String placeValue, @Nested PastClient client) {

    ClientPlace place() {
      return new ClientPlace(Part.WITH_VALUE, placeValue, client.userId());
    }
  }

  private record Step(String value, String userId) {

    ClientPlace place() {
      return new ClientPlace(Part.WITH_VALUE, value, userId);
    }
  }

  private final Handle handle;
  private final PastFilter filter;
  private final KnownHistory known;
  private final ClientConditions conditions;
  private final String direction;
  private final int maxSteps;

  PastClientsQuery(Handle handle, PastFilter filter, KnownHistory known) {
    this(handle, filter, known, MAX_STEPS);
  }

  PastClientsQuery(Handle handle, PastFilter filter, KnownHistory known, int maxSteps) {
    this.handle = handle;
    this.filter = filter;
    this.known = known;
    this.conditions = new ClientConditions(filter.filter());
    this.direction = filter.filter().descending() ? " desc" : "";
    this.maxSteps = maxSteps;
  }

  /**
   * The clients after a cursor, or the first ones without. A page may have fewer clients than the
   * limit although more follow.
   *
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  ListPage<PastClient> page(String cursor, int limit) {
    String list = "users on %s createdAt%s".formatted(filter.on(), direction);
    ClientPlace after = ClientPlace.read(cursor, list);
    if (after != null && after.value() == null) {
      throw new InvalidCursorException();
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    String steps = steps(after, parameters);
    String matching = matching(steps, parameters) + order("step") + " limit " + (limit + 1);
    List<Row> rows = handle.createQuery(matching).bindMap(parameters).mapTo(Row.class).list();
    ClientPlace next =
        rows.size() > limit ? rows.get(limit - 1).place() : lastStep(after, rows.size(), limit);
    return new ListPage<>(
        rows.stream().limit(limit).map(Row::client).toList(),
        next == null ? null : next.cursor(list));
  }

  /** Counts those who match among the first clients. */
  Counted count() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String steps = steps(null, parameters);
    String matching = matching(steps, parameters);
    return handle
        .createQuery(
            "select (select count(*) from %s as step) as steps, (select count(*) from (%s) found) as matches"
                .formatted(steps, matching))
        .bindMap(parameters)
        .mapTo(Counted.class)
        .one();
  }

  /** Whether so many were counted that there may be more. */
  boolean mayBeMore(Counted counted) {
    return counted.steps() == maxSteps;
  }

  /** Hands over every client of the list; to be called in a transaction. */
  void forEach(ItemConsumer<PastClient> consumer) throws Exception {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String users = users(parameters) + order("u");
    String sql = matching("(" + users + ")", parameters) + order("step");
    try (var rows =
        handle
            .createQuery(sql)
            .bindMap(parameters)
            .setFetchSize(1_000)
            .mapTo(Row.class)
            .iterator()) {
      while (rows.hasNext()) {
        consumer.accept(rows.next().client());
      }
    }
  }

  /** Where a walk ended that did not fill the page; null at the end of the list. */
  private ClientPlace lastStep(ClientPlace after, int found, int limit) {
    if (found > limit) {
      return null;
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    return handle
        .createQuery(
            "select cast(created_at as text) as value, user_id from %s as step offset %d limit 1"
                .formatted(steps(after, parameters), maxSteps - 1))
        .bindMap(parameters)
        .mapTo(Step.class)
        .findOne()
        .map(Step::place)
        .orElse(null);
  }

  /** The next clients in the order of the list, before their past is looked up. */
  private String steps(ClientPlace after, Map<String, Object> parameters) {
    String beyond = "";
    if (after != null) {
      beyond =
          " and (u.created_at, u.user_id) %s (cast(:after as timestamptz), :afterId)"
              .formatted(filter.filter().descending() ? "<" : ">");
      parameters.put("after", after.value());
      parameters.put("afterId", after.userId());
    }
    return "(" + users(parameters) + beyond + order("u") + " limit " + maxSteps + ")";
  }

  /** With offset 0, a search is by its index, and never a walk through all clients. */
  private String users(Map<String, Object> parameters) {
    String users = "select u.user_id, u.email, u.name, u.created_at";
    return filter.filter().searches()
        ? users
            + " from (select * "
            + ClientRows.USERS
            + " where true"
            + conditions.search(parameters)
            + " offset 0) as u where true"
        : users + ClientRows.USERS + " where true";
  }

  private String order(String table) {
    return " order by %1$s.created_at%2$s, %1$s.user_id%2$s".formatted(table, direction);
  }

  private String matching(String steps, Map<String, Object> parameters) {
    boolean reconstructed = known.isReconstructed(filter.on());
    parameters.put("day", filter.on());
    parameters.put("reconstructed", reconstructed);
    parameters.put("end", PastRows.endOf(filter.on()));
    StringBuilder sql =
        new StringBuilder("select cast(step.created_at as text) as place_value, ")
            .append(COLUMNS)
            .append(" from ")
            .append(steps)
            .append(" as step cross join lateral (")
            .append(PastRows.of(reconstructed, "step.user_id", "end"))
            .append(") as s");
    if (filter.movedFrom() != null) {
      sql.append(" left join lateral (")
          .append(
              PastRows.of(
                  known.isReconstructed(filter.movedFromDay()), "step.user_id", "movedFromEnd"))
          .append(") as before on true");
      parameters.put("movedFromEnd", PastRows.endOf(filter.movedFromDay()));
    }
    sql.append(" where true")
        .append(conditions.scores("s", parameters))
        .append(conditions.lookUps("step.user_id", parameters));
    if (filter.policyVersion() != null) {
      sql.append(" and s.policy_version = :policyVersion");
      parameters.put("policyVersion", filter.policyVersion());
    }
    if (Movement.NONE.equals(filter.movedFrom())) {
      sql.append(" and before.segment is null");
    } else if (filter.movedFrom() != null) {
      sql.append(" and before.segment = :movedFrom");
      parameters.put("movedFrom", filter.movedFrom());
    }
    return sql.toString();
  }
}
