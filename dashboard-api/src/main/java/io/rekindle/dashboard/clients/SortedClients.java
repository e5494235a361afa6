package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientRows.Listed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks up few clients and sorts them. For one request. */
final class SortedClients {

  private final ClientRows rows;
  private final ClientConditions conditions;
  private final ClientFilter filter;
  private final Sort sort;

  SortedClients(ClientRows rows, ClientFilter filter) {
    this.rows = rows;
    this.conditions = rows.conditions();
    this.filter = filter;
    this.sort = filter.sort();
  }

  /** Returns a page of matching clients, of all parts. */
  List<Listed> page(boolean byScored, ClientPlace after, int limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String value = byScored && sort.scoreColumn != null ? sort.scoreColumn : sort.expression;
    String id = byScored ? "s.user_id" : "u.user_id";
    String part = part(byScored);
    String select = "select %s as user_id, %s as part, %s as value".formatted(id, part, value);
    String from;
    boolean byUsers = !byScored && !sort.ofScores();
    if (byUsers) {
      from =
          ClientRows.USERS
              + " where true"
              + conditions.search(parameters)
              + conditions.lookUps("u.user_id", parameters);
    } else if (byScored) {
      from =
          scored(rows.searches() || sort == Sort.NAME, parameters)
              + conditions.lookUps("s.user_id", parameters);
    } else {
      from = found(true, parameters) + conditions.lookUps("u.user_id", parameters);
    }
    if (after != null) {
      parameters.put("part", after.part().place());
      from +=
          " and (%1$s > :part or %1$s = :part and ".formatted(part)
              + rows.beyond(after, value, id, parameters)
              + ')';
    }
    String order = " order by part, value%1$s, %2$s%1$s".formatted(rows.direction(), id);
    String places = select + from + order;
    if (byUsers) {
      // Scores are only looked up until there are enough, in the order of the list.
      places = "select u.* from (" + places + " offset 0) as u";
      if (filter.asksForScores()) {
        places += ClientRows.scoreOfEach("u");
      }
      places += " where true" + conditions.scores("s", parameters) + order;
    }
    return rows.list(places + " limit " + limit, parameters);
  }

  /** Returns a page of those whose risk changed, of all parts. */
  List<Listed> pageOfChanged(ClientPlace after, int limit) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String part = part(false);
    String places =
        "select u.user_id, %s as part, %s as value".formatted(part, sort.expression)
            + changed(parameters);
    if (after != null) {
      parameters.put("part", after.part().place());
      places +=
          " and (%1$s > :part or %1$s = :part and ".formatted(part)
              + rows.beyond(after, sort.expression, "u.user_id", parameters)
              + ')';
    }
    places += " order by part, value%1$s, u.user_id%1$s".formatted(rows.direction());
    return rows.list(places + " limit " + limit, parameters);
  }

  /** The clients whose risk changed and who meet all other conditions. */
  String changed(Map<String, Object> parameters) {
    // With offset 0 the changes are read first, and never looked up client by client. The planner
    // takes them for many more than they are, and would join whole tables.
    return " from (select user_id from ("
        + conditions.changedRisk(parameters)
        + ") as change offset 0) as changed"
        + ClientRows.clientOfEach("changed")
        + (sort.ofScores() || filter.asksForScores() ? ClientRows.scoreOfEach("changed") : "")
        + " where u.user_id is not null"
        + conditions.search(parameters)
        + conditions.scores("s", parameters)
        + conditions.lookUpsOfChanged("changed.user_id", parameters);
  }

  /** The number of the part that a row belongs to. */
  String part(boolean byScored) {
    String value = byScored && sort.scoreColumn != null ? sort.scoreColumn : sort.presence;
    return !byScored && sort.ofScores()
        ? "case when s.user_id is null then 2 when %s is null then 1 else 0 end".formatted(value)
        : "case when %s is null then 1 else 0 end".formatted(value);
  }

  /** The clients whom the search finds by its index, before any is looked up. */
  String found(boolean withScores, Map<String, Object> parameters) {
    return " from (select u.user_id"
        + ClientRows.USERS
        + " where true"
        + conditions.search(parameters)
        + " offset 0) as u"
        + (withScores ? ClientRows.scoreOfEach("u") : "")
        + " where true"
        + conditions.scores("s", parameters);
  }

  /** The clients who have such scores, before any is looked up. */
  String scored(boolean withUsers, Map<String, Object> parameters) {
    return ClientRows.SCORES
        + (withUsers ? ClientRows.clientOfEach("s") : "")
        + " where s.facet_code = any('{%s}')"
            .formatted(
                rows.facetCodes().stream().map(String::valueOf).collect(Collectors.joining(",")))
        + conditions.ranges("s", parameters)
        + (withUsers ? conditions.search(parameters) : "");
  }
}
