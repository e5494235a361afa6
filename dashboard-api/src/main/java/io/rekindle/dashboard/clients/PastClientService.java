package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.PastClientsQuery.Counted;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.statistics.KnownHistory;
import io.rekindle.dashboard.statistics.ShopDay;
import java.time.LocalDate;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Reads who was in which state at the end of past days. Thread-safe. */
public final class PastClientService {

  private final Snapshots snapshots;
  private final Function<LocalDate, Optional<ShopDay>> counts;

  /**
   * Creates the service.
   *
   * @param counts the counts of all clients on a day; empty until there are any
   */
  public PastClientService(Snapshots snapshots, Function<LocalDate, Optional<ShopDay>> counts) {
    this.snapshots = snapshots;
    this.counts = counts;
  }

  /**
   * A page of clients as the page of a past day shows it.
   *
   * @param known the days that can be asked for
   * @param page null if no score of a day is known
   */
  record PastClientListView(KnownHistory known, PastClientPage page) {}

  /**
   * A page of clients with its count.
   *
   * @param cursor null for the first page
   */
  PastClientListView view(PastFilter filter, String cursor, int limit) {
    return snapshots.read(
        handle -> {
          KnownHistory known = KnownHistory.read(handle);
          return new PastClientListView(
              known, filter.isOf(known) ? page(handle, filter, known, cursor, limit, true) : null);
        });
  }

  /** The days that can be asked for. */
  KnownHistory known() {
    return snapshots.readOnce(KnownHistory::read);
  }

  /**
   * A page of the clients of a known day.
   *
   * @param cursor null for the first page
   * @param count whether to count the clients of all pages
   */
  PastClientPage page(PastFilter filter, String cursor, int limit, boolean count) {
    return snapshots.read(
        handle -> page(handle, filter, KnownHistory.read(handle), cursor, limit, count));
  }

  /** All clients of a filter, in its order. */
  ItemSource<PastClient> all(PastFilter filter) {
    return (handle, consumer) ->
        new PastClientsQuery(handle, filter, KnownHistory.read(handle)).forEach(consumer);
  }

  private PastClientPage page(
      Handle handle,
      PastFilter filter,
      KnownHistory known,
      String cursor,
      int limit,
      boolean count) {
    PastClientsQuery list = new PastClientsQuery(handle, filter, known);
    ListPage<PastClient> page = list.page(cursor, limit);
    if (!count) {
      return new PastClientPage(page.items(), page.nextCursor(), null, null);
    }
    Optional<Long> total = KnownTotal.of(filter, counts);
    if (total.isPresent()) {
      return new PastClientPage(page.items(), page.nextCursor(), total.get(), false);
    }
    Counted counted = list.count();
    return new PastClientPage(
        page.items(), page.nextCursor(), (long) counted.matches(), list.mayBeMore(counted));
  }
}
