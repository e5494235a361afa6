package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientRows.Counted;
import io.rekindle.dashboard.clients.ClientRows.Listed;
import io.rekindle.dashboard.clients.WalkedClients.Walk;
import io.rekindle.dashboard.list.InvalidCursorException;
import io.rekindle.dashboard.list.ItemConsumer;
import io.rekindle.dashboard.list.ListPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/**
 * A list of clients, page by page, at a cost that does not grow with the shop.
 *
 * <p>A list has up to three parts: clients with the value that it is sorted by, clients without,
 * and clients that the job has not scored yet. A page is found in one of four ways, which give the
 * same:
 *
 * <ul>
 *   <li>If few clients are in the changes of risk that are asked for, these are looked up.
 *   <li>If the search finds few clients, they are looked up and sorted ({@link SortedClients}).
 *   <li>If few clients have such scores, these are.
 *   <li>Otherwise the next match is never far, and the list is walked ({@link WalkedClients}).
 * </ul>
 *
 * <p>For one request on one handle.
 */
final class ClientListQuery {

  /** A larger number of clients is only reported as larger. */
  static final int MAX_COUNTED = 10_000;

  /** The same for a search, which reads each client. */
  private static final int MAX_COUNTED_OF_SEARCH = 1_000;

  /** So many clients are looked up to count those who match. */
  private static final int MAX_LOOKED_UP = 5_000;

  /** The same if it is looked up whether each may be written to, which asks five tables. */
  private static final int MAX_LOOKED_UP_CONTACTS = 1_000;

  /**
   * The number of clients in a list.
   *
   * @param isMore whether there are more, or may be more
   */
  record Total(int number, boolean isMore) {}

  /**
   * The most work that is put into each way.
   *
   * @param few so many clients are looked up and sorted
   * @param fewByAge the same for a list by age, in which a walk to the newest is short
   * @param fewInTwoTables the same if each client is looked up in two tables
   * @param fewChanged so many clients whose risk changed are read from the history and sorted
   * @param steps a walk goes so far for each client of a page, and is then given up
   */
  record Effort(int few, int fewByAge, int fewInTwoTables, int fewChanged, int steps) {

    /** About 30 ms; of a million clients, a page of rare matches is 5,000 steps away. */
    static final Effort USUAL = new Effort(10_000, 5_000, 2_000, 50_000, 400);

    /**
     * Clients whom a word finds lie together by name: a walk meets them soon, or at its far end. A
     * step at which a client is looked up in several tables costs more than others.
     */
    int shortSteps() {
      return Math.max(1, steps / 4);
    }

    /** A step through an index alone, beside a hash table, costs a fourth of a usual step. */
    int stepsAmongFound() {
      return 2 * steps;
    }
  }

  /** Percent of the shop's clients that a search is tried on, to estimate its matches. */
  private static final double SAMPLE = 0.2;

  /** From this number of matches in the sample on, the total certainly exceeds MAX_COUNTED. */
  private static final int CERTAINLY_MORE = 200;

  private enum Way {
    FEW_FOUND,
    FEW_SCORED,
    FEW_CHANGED,
    WALK_AMONG_FOUND,
    WALK
  }

  private final Handle handle;
  private final ClientFilter filter;
  private final Effort effort;
  private final ClientRows rows;
  private final ClientConditions conditions;
  private final SortedClients sorted;

  /** The number of matches in the sample. */
  private final int sampled;

  private final Way way;

  ClientListQuery(Handle handle, ClientFilter filter) {
    this(handle, filter, Effort.USUAL);
  }

  ClientListQuery(Handle handle, ClientFilter filter, Effort effort) {
    this.handle = handle;
    this.filter = filter;
    this.effort = effort;
    this.rows = new ClientRows(handle, filter);
    this.conditions = rows.conditions();
    this.sorted = new SortedClients(rows, filter);
    this.sampled = rows.searches() ? sample() : 0;
    this.way = way();
  }

  /**
   * The clients after a cursor, or the first ones without. A page may have fewer clients than the
   * limit although more follow, if the filter looks up client by client.
   *
   * @throws InvalidCursorException if the cursor is not one of this list
   */
  ListPage<ClientProfile> page(String cursor, int limit) {
    String list = "users " + filter.sort().word() + (filter.descending() ? " desc" : " asc");
    ClientPlace after = ClientPlace.read(cursor, list);
    Walk walk = listed(after, limit + 1);
    List<Listed> listed = walk.found();
    List<ClientProfile> clients =
        listed.stream().limit(limit).map(Listed::client).filter(Objects::nonNull).toList();
    ClientPlace last = listed.size() > limit ? listed.get(limit - 1).place() : walk.stoppedAt();
    return new ListPage<>(clients, last == null ? null : last.cursor(list));
  }

  /**
   * A query for the ids of all clients who match, in no order.
   *
   * @param parameters receives the parameters of the query
   */
  static String members(ClientFilter filter, Map<String, Object> parameters) {
    ClientConditions conditions = new ClientConditions(filter);
    return "select u.user_id"
        + ClientRows.USERS
        + " left join engagement.user_scores s on s.user_id = u.user_id where true"
        + conditions.search(parameters)
        + conditions.scores("s", parameters)
        + conditions.lookUps("u.user_id", parameters);
  }

  /** Hands over every client of the list; to be called in a transaction. */
  void forEach(ItemConsumer<ClientProfile> consumer) throws Exception {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select "
            + ClientProfileQuery.COLUMNS
            + ClientRows.USERS
            + " left join engagement.user_scores s on s.user_id = u.user_id where true"
            + conditions.search(parameters)
            + conditions.scores("s", parameters)
            + conditions.lookUps("u.user_id", parameters)
            + " order by %s, %s%s, u.user_id%3$s"
                .formatted(sorted.part(false), filter.sort().expression, rows.direction());
    try (var clients =
        handle
            .createQuery(sql)
            .bindMap(parameters)
            .setFetchSize(1_000)
            .mapTo(ClientProfile.class)
            .iterator()) {
      while (clients.hasNext()) {
        consumer.accept(clients.next());
      }
    }
  }

  /** Counts the clients, up to {@link #MAX_COUNTED}. */
  Total count() {
    int most = rows.searches() ? MAX_COUNTED_OF_SEARCH : MAX_COUNTED;
    if (sampled >= CERTAINLY_MORE && !filter.asksForScores() && !filter.traits().askForLookUps()) {
      return new Total(most, true);
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    if (way == Way.FEW_CHANGED) {
      int all = effort.fewChanged();
      return new Total(rows.count(sorted.changed(parameters), all, parameters), false);
    }
    String from = ClientRows.USERS + " where true";
    String id = "u.user_id";
    if (way == Way.FEW_SCORED || (filter.asksForScores() && !rows.searches())) {
      from = sorted.scored(rows.searches(), parameters);
      id = "s.user_id";
    } else if (rows.searches()) {
      from = sorted.found(filter.asksForScores(), parameters);
    }
    if (filter.traits().askForLookUps()) {
      String matches = conditions.lookUps("row.user_id", parameters);
      int lookedUp = filter.traits().contactable() == null ? MAX_LOOKED_UP : MAX_LOOKED_UP_CONTACTS;
      Counted counted = rows.countLookedUp(id, from, matches, lookedUp, parameters);
      return new Total(counted.matches(), counted.rows() == lookedUp);
    }
    int counted = rows.count(from, most + 1, parameters);
    return new Total(Math.min(counted, most), counted > most);
  }

  private Walk listed(ClientPlace after, int limit) {
    return switch (way) {
      case FEW_FOUND -> new Walk(sorted.page(false, after, limit), null);
      case FEW_CHANGED -> new Walk(sorted.pageOfChanged(after, limit), null);
      case FEW_SCORED -> new Walk(sorted.page(true, after, limit), null);
      // Settings of a statement are local to a transaction.
      case WALK_AMONG_FOUND, WALK -> handle.inTransaction(walking -> walked(after, limit));
    };
  }

  private Walk walked(ClientPlace after, int limit) {
    WalkedClients walk = new WalkedClients(rows, filter, effort, way == Way.WALK_AMONG_FOUND);
    return walk.page(after, limit)
        .orElseGet(() -> new Walk(sorted.page(!rows.searches(), after, limit), null));
  }

  private Way way() {
    double found = sampled * 100 / SAMPLE;
    if (rows.searches() && found <= fewFound()) {
      return Way.FEW_FOUND;
    }
    if (conditions.areOfRiskChanges() && hasFewChanges()) {
      return Way.FEW_CHANGED;
    }
    boolean mayBeFar =
        rows.searches()
            || filter.asksForRanges()
            || filter.traits().askForLookUps()
            || filter.sort() == Sort.NAME;
    if (filter.asksForScores() && mayBeFar && hasFew()) {
      return Way.FEW_SCORED;
    }
    return rows.searches() && rows.isByScores() && found <= effort.few()
        ? Way.WALK_AMONG_FOUND
        : Way.WALK;
  }

  private int fewFound() {
    if (rows.isByScores()) {
      return effort.fewInTwoTables();
    }
    return filter.sort() == Sort.NAME ? effort.few() : effort.fewByAge();
  }

  private int sample() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String sql =
        "select count(*)"
            + ClientRows.USERS
            + " tablesample system ("
            + SAMPLE
            + ") where true"
            + conditions.search(parameters);
    return handle.createQuery(sql).bindMap(parameters).mapTo(Integer.class).one();
  }

  private boolean hasFewChanges() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    String changes = " from (" + conditions.changedRisk(parameters) + ") as change";
    return rows.count(changes, effort.fewChanged() + 1, parameters) <= effort.fewChanged();
  }

  private boolean hasFew() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    boolean twoTables =
        rows.searches() || filter.traits().askForLookUps() || filter.sort() == Sort.NAME;
    int few = twoTables ? effort.fewInTwoTables() : effort.few();
    return rows.count(sorted.scored(false, parameters), few + 1, parameters) <= few;
  }
}
