package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientHistoryQueries.Event;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.orders.ShopOrder;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads clients, each answer from one snapshot. Thread-safe. */
public final class ClientService {

  private static final int MAX_EVENTS = 100;
  private static final int MAX_ORDERS = 25;

  private final Snapshots snapshots;

  /**
   * A list of clients as its page shows it.
   *
   * @param currency ISO 4217 code of amounts; null if they count at face value
   */
  public record ClientListView(ClientListPage page, String currency) {}

  /**
   * A list of clients at risk as its page shows it.
   *
   * @param rows one for each client of the page
   * @param currency ISO 4217 code of amounts; null if they count at face value
   * @param policy the policy in force
   */
  public record AtRiskView(
      ClientListPage page, List<AtRiskRow> rows, String currency, ScoringPolicy policy) {}

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

  public ClientService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * A page of clients.
   *
   * @param cursor null for the first page
   * @param count whether to count the clients of all pages
   */
  public ClientListPage page(ClientFilter filter, String cursor, int limit, boolean count) {
    // Without a count there is one statement alone.
    return count
        ? snapshots.read(handle -> page(handle, filter, cursor, limit, true))
        : snapshots.readOnce(handle -> page(handle, filter, cursor, limit, false));
  }

  /**
   * A page of clients with its count, as the page of clients shows it.
   *
   * @param cursor null for the first page
   */
  public ClientListView listView(ClientFilter filter, String cursor, int limit) {
    return snapshots.read(
        handle ->
            new ClientListView(
                page(handle, filter, cursor, limit, true), PolicyInForce.read(handle).currency()));
  }

  /**
   * A page of clients with their risk, as the page of clients at risk shows it.
   *
   * @param cursor null for the first page
   */
  public AtRiskView atRiskView(ClientFilter filter, String cursor, int limit, Instant now) {
    return snapshots.read(
        handle -> {
          ClientListPage page = page(handle, filter, cursor, limit, true);
          PolicyInForce inForce = PolicyInForce.read(handle);
          return new AtRiskView(
              page,
              AtRiskRow.of(
                  page.items(),
                  ContactStatusQuery.of(
                      handle, page.items().stream().map(ClientProfile::userId).toList()),
                  ContactStatusQuery.cooldownDays(handle),
                  inForce.policy(),
                  now),
              inForce.currency(),
              inForce.policy());
        });
  }

  /** All clients of a filter, in its order. */
  ItemSource<ClientProfile> all(ClientFilter filter) {
    return (handle, consumer) -> new ClientListQuery(handle, filter).forEach(consumer);
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

  private static ClientListPage page(
      Handle handle, ClientFilter filter, String cursor, int limit, boolean count) {
    ClientListQuery list = new ClientListQuery(handle, filter);
    ListPage<ClientProfile> page = list.page(cursor, limit);
    if (!count) {
      return new ClientListPage(page.items(), page.nextCursor(), null, null);
    }
    int total = list.count();
    return new ClientListPage(
        page.items(),
        page.nextCursor(),
        Math.min(total, ClientListQuery.MAX_COUNTED),
        total > ClientListQuery.MAX_COUNTED);
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
