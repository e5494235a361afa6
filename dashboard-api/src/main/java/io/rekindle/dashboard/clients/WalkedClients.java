package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientListQuery.Effort;
import io.rekindle.dashboard.clients.ClientPlace.Part;
import io.rekindle.dashboard.clients.ClientRows.Listed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Walks through each part of a list in the order of an index, until a page is full. For one
 * request.
 *
 * <p>The indexes of the scores begin with the facet code, which is segment, band and risk in one
 * number. A walk merges the pieces of the index that the filter allows.
 */
final class WalkedClients {

  /**
   * Where a walk has come to.
   *
   * @param stoppedAt the place after which the walk goes on, although the page is not full; null if
   *     the page is full or there are no more clients
   */
  record Walk(List<Listed> found, ClientPlace stoppedAt) {}

  private final ClientRows rows;
  private final ClientConditions conditions;
  private final ClientFilter filter;
  private final Sort sort;
  private final Effort effort;
  private final boolean amongFound;

  /**
   * Creates a walk.
   *
   * @param amongFound whether a search is looked up in the set of all clients that it finds, and
   *     not at each step
   */
  WalkedClients(ClientRows rows, ClientFilter filter, Effort effort, boolean amongFound) {
    this.rows = rows;
    this.conditions = rows.conditions();
    this.filter = filter;
    this.sort = filter.sort();
    this.effort = effort;
    this.amongFound = amongFound;
  }

  /**
   * Returns a page of matching clients. A walk on which matches are far apart is given up: it is
   * empty then, or stops with what it found if clients are looked up one by one.
   */
  Optional<Walk> page(ClientPlace after, int limit) {
    List<Listed> found = new ArrayList<>();
    for (Part part : parts()) {
      if ((after != null && part.compareTo(after.part()) < 0) || found.size() == limit) {
        continue;
      }
      Map<String, Object> parameters = new LinkedHashMap<>();
      int required = limit - found.size();
      int most = required * stepsForEach();
      String steps =
          steps(part, after != null && part == after.part() ? after : null, most, parameters);
      if (steps == null) {
        continue;
      }
      List<Listed> more = matching(part, steps, required, parameters);
      if (more.size() < required && rows.countSteps(steps, most, parameters) == most) {
        if (!filter.traits().askForLookUps()) {
          return Optional.empty();
        }
        found.addAll(more);
        String order = order(isByScores(part) || part == Part.WITH_VALUE);
        return Optional.of(
            new Walk(found, rows.lastStep(part, steps + " as step" + order, most, parameters)));
      }
      found.addAll(more);
    }
    return Optional.of(new Walk(found, null));
  }

  private boolean isByScores(Part part) {
    return rows.isByScores() && part != Part.NOT_SCORED;
  }

  private int stepsForEach() {
    if (amongFound) {
      return effort.stepsAmongFound();
    }
    return filter.traits().askForLookUps() || (rows.searches() && sort == Sort.NAME)
        ? effort.shortSteps()
        : effort.steps();
  }

  private List<Part> parts() {
    if (sort == Sort.CREATED_AT) {
      return List.of(Part.WITH_VALUE);
    }
    return sort.ofScores() && !filter.asksForScores()
        ? List.of(Part.values())
        : List.of(Part.WITH_VALUE, Part.WITHOUT_VALUE);
  }

  /** A query for ids with values, in the order of an index; null if no client has such a score. */
  private String steps(Part part, ClientPlace after, int most, Map<String, Object> parameters) {
    boolean byScores = isByScores(part);
    if (byScores && rows.facetCodes().isEmpty()) {
      return null;
    }
    String value = byScores ? sort.scoreColumn : sort.expression;
    String id = byScores ? "s.user_id" : "u.user_id";
    StringBuilder where = new StringBuilder(" where ");
    if (part == Part.NOT_SCORED) {
      value = "cast(null as %s)".formatted(sort.type);
      where.append("not exists (select from engagement.user_scores x where x.user_id = u.user_id)");
    } else {
      where.append(byScores ? value : sort.presence);
      where.append(part == Part.WITH_VALUE ? " is not null" : " is null");
    }
    if (after != null) {
      where.append(" and ").append(rows.beyond(after, value, id, parameters));
    }
    String order = order(byScores || part == Part.WITH_VALUE);
    // A walk through the clients has the columns of a search at hand.
    String columns = byScores ? "" : ", name, email";
    String select = "select %s as user_id, %s as value%s".formatted(id, value, columns);
    String pieces;
    if (byScores) {
      where.append(conditions.ranges("s", parameters));
      // Each piece is in order, so that Postgres merges the pieces and does not sort.
      pieces =
          rows.facetCodes().stream()
              .map(
                  facetCode ->
                      "(%s%s%s and s.facet_code = %d%s)"
                          .formatted(select, ClientRows.SCORES, where, facetCode, order))
              .collect(Collectors.joining(" union all "));
    } else {
      pieces = select + ClientRows.USERS + where;
    }
    return "(select user_id, value%s from (%s) as piece%s limit %d)"
        .formatted(columns, pieces, order, most);
  }

  /** Among the scores, rows without a value are in the order of the value's index, too. */
  private String order(boolean byValue) {
    return (byValue ? " order by value%1$s, user_id%1$s" : " order by user_id%1$s")
        .formatted(rows.direction());
  }

  /** The clients on the steps that meet the conditions that the steps do not check. */
  private List<Listed> matching(Part part, String steps, int limit, Map<String, Object> ofSteps) {
    Map<String, Object> parameters = new LinkedHashMap<>(ofSteps);
    boolean byScores = isByScores(part);
    StringBuilder places =
        new StringBuilder(
                "select step.user_id, %d as part, step.value from ".formatted(part.place()))
            .append(steps)
            .append(" as step");
    if (filter.asksForScores() && !byScores) {
      places.append(ClientRows.scoreOfEach("step"));
    }
    if (!amongFound && rows.searches() && byScores) {
      places.append(ClientRows.clientOfEach("step"));
    }
    places.append(" where true");
    if (!amongFound) {
      places.append(conditions.search(byScores ? "u" : "step", parameters));
    } else {
      // Postgres keeps the clients found in a hash table: cheaper than a look-up at each step.
      places
          .append(" and (step.user_id in (select u.user_id")
          .append(ClientRows.USERS)
          .append(" where true")
          .append(conditions.search(parameters))
          .append(" offset 0)) is true");
    }
    if (!byScores) {
      places.append(conditions.scores("s", parameters));
    }
    places.append(conditions.lookUps("step.user_id", parameters));
    places.append(order(byScores || part == Part.WITH_VALUE)).append(" limit ").append(limit);
    return rows.listSteps(places.toString(), parameters);
  }
}
