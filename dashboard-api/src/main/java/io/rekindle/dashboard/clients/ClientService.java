package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.clients.ClientHistoryQueries.Event;
import io.rekindle.dashboard.clients.ClientListQuery.Total;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.list.ItemConsumer;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.orders.ShopOrder;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.dashboard.statistics.KnownHistory;
import io.rekindle.dashboard.statistics.SegmentCounts;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Reads clients, each answer from one snapshot. Thread-safe. */
public final class ClientService {

  private static final int MAX_EVENTS = 100;
  private static final int MAX_ORDERS = 25;

  private final Snapshots snapshots;
  private final Supplier<Optional<SegmentCounts>> counts;

  /** So many clients of a file are looked up at once. */
  private static final int BATCH = 1_000;

  /**
   * A list of clients as its page shows it.
   *
   * @param filter as it was applied
   * @param currency ISO 4217 code of amounts; null if they count at face value
   * @param policy the policy in force
   * @param known the past days that can be asked for
   */
  public record ClientListView(
      ClientListPage page,
      ClientFilter filter,
      String currency,
      ScoringPolicy policy,
      KnownHistory known) {}

  /**
   * A client as the client's page shows it.
   *
   * @param events the newest ones
   * @param orders the newest ones
   */
  public record ClientView(
      ClientProfile client,
      PolicyInForce inForce,
      ScoreForecast forecast,
      YearAhead yearAhead,
      ContactStatus contact,
      ListPage<Event> events,
      ListPage<ShopOrder> orders) {}

  /**
   * Creates the service.
   *
   * @param counts the counts of all clients; empty until there are any
   */
  public ClientService(Snapshots snapshots, Supplier<Optional<SegmentCounts>> counts) {
    this.snapshots = snapshots;
    this.counts = counts;
  }

  /**
   * A page of clients.
   *
   * @param cursor null for the first page
   * @param count whether to count the clients of all pages
   */
  public ClientListPage page(
      ClientFilter filter, String cursor, int limit, boolean count, Instant now) {
    return snapshots.read(
        handle ->
            page(handle, filter, cursor, limit, count, PolicyInForce.read(handle).policy(), now));
  }

  /**
   * A page of clients with its count, as the page of clients shows it.
   *
   * @param cursor null for the first page
   */
  public ClientListView listView(ClientFilter filter, String cursor, int limit, Instant now) {
    return snapshots.read(
        handle -> {
          PolicyInForce inForce = PolicyInForce.read(handle);
          return view(handle, filter, cursor, limit, inForce, now);
        });
  }

  /**
   * A page of clients at risk with its count.
   *
   * @param cursor null for the first page
   * @param sorted whether the filter's order was asked for. Otherwise clients at risk for the
   *     shortest time come first as long as no model says what is at stake.
   */
  public ClientListView atRiskView(
      ClientFilter filter, boolean sorted, String cursor, int limit, Instant now) {
    return snapshots.read(
        handle -> {
          PolicyInForce inForce = PolicyInForce.read(handle);
          ClientFilter applied =
              sorted || inForce.policy().money().isPresent()
                  ? filter
                  : filter.with(Sort.AT_RISK_SINCE);
          return view(handle, applied, cursor, limit, inForce, now);
        });
  }

  /**
   * A query for the ids of all clients who match, in no order.
   *
   * @param parameters receives the parameters of the query
   */
  public static String members(ClientFilter filter, Map<String, Object> parameters) {
    return ClientListQuery.members(filter, parameters);
  }

  /** All clients of a filter, in its order. */
  ItemSource<ListedClient> all(ClientFilter filter, Instant now) {
    return (handle, consumer) -> {
      ScoringPolicy policy = PolicyInForce.read(handle).policy();
      List<ClientProfile> batch = new ArrayList<>();
      new ClientListQuery(handle, filter)
          .forEach(
              client -> {
                batch.add(client);
                if (batch.size() == BATCH) {
                  handOver(ListedClient.of(handle, batch, policy, now), consumer);
                  batch.clear();
                }
              });
      handOver(ListedClient.of(handle, batch, policy, now), consumer);
    };
  }

  private static void handOver(List<ListedClient> rows, ItemConsumer<ListedClient> consumer)
      throws Exception {
    for (ListedClient row : rows) {
      consumer.accept(row);
    }
  }

  /** One client; empty if the shop has none of that id. */
  public Optional<ClientProfile> profile(String userId) {
    return snapshots.readOnce(handle -> ClientProfileQuery.byId(handle, userId));
  }

  /** The year ahead of a client; empty if the shop has none of that id. */
  Optional<YearAhead> yearAhead(String userId, Instant now) {
    return snapshots.read(
        handle ->
            ShopUser.exists(handle, userId)
                ? Optional.of(
                    YearAhead.of(
                        handle, PolicyInForce.read(handle), ClientOrders.read(handle, userId), now))
                : Optional.empty());
  }

  /** One client as the client's page shows it; empty if the shop has none of that id. */
  public Optional<ClientView> view(String userId, Instant now) {
    return snapshots.read(
        handle -> ClientProfileQuery.byId(handle, userId).map(client -> view(handle, client, now)));
  }

  private ClientListView view(
      Handle handle,
      ClientFilter filter,
      String cursor,
      int limit,
      PolicyInForce inForce,
      Instant now) {
    return new ClientListView(
        page(handle, filter, cursor, limit, true, inForce.policy(), now),
        filter,
        inForce.currency(),
        inForce.policy(),
        KnownHistory.read(handle));
  }

  private ClientListPage page(
      Handle handle,
      ClientFilter filter,
      String cursor,
      int limit,
      boolean count,
      ScoringPolicy policy,
      Instant now) {
    ClientListQuery list = new ClientListQuery(handle, filter);
    ListPage<ClientProfile> page = list.page(cursor, limit);
    List<ListedClient> rows = ListedClient.of(handle, page.items(), policy, now);
    if (!count) {
      return new ClientListPage(rows, page.nextCursor(), null, null);
    }
    Total total = list.count();
    Optional<Long> known =
        total.isMore() ? counts.get().flatMap(all -> KnownTotal.of(filter, all)) : Optional.empty();
    return new ClientListPage(
        rows,
        page.nextCursor(),
        known.orElse((long) total.number()),
        known.isEmpty() && total.isMore());
  }

  private static ClientView view(Handle handle, ClientProfile client, Instant now) {
    String userId = client.userId();
    PolicyInForce inForce = PolicyInForce.read(handle);
    OrderHistory orders = ClientOrders.read(handle, userId);
    return new ClientView(
        client,
        inForce,
        ScoreForecast.of(orders, inForce.policy(), now, client.lastContactAt()),
        YearAhead.of(handle, inForce, orders, now),
        ContactStatusQuery.of(handle, List.of(userId)).get(userId),
        newest(handle, ClientHistoryQueries.TIMELINE, userId, MAX_EVENTS),
        newest(handle, ClientHistoryQueries.ORDERS, userId, MAX_ORDERS));
  }

  private static <T extends Record> ListPage<T> newest(
      Handle handle, KeysetQuery<T> query, String userId, int limit) {
    return query.page(handle, Map.of("userId", userId), null, limit);
  }
}
