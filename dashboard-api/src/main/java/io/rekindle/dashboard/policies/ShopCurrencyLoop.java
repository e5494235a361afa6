package io.rekindle.dashboard.policies;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Stores the currency that all orders of the shop have, so that amounts have a currency when the
 * policy names none. It reads all orders, so it does so seldom. Thread-safe.
 */
public final class ShopCurrencyLoop implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final String SQL =
      """
      insert into dashboard.shop_currency as stored (id, currency)
      select 1, case when min(currency) = max(currency) then min(currency) end from shop.orders
      on conflict (id) do update set currency = excluded.currency
        where stored.currency is distinct from excluded.currency
      """;

  private final Jdbi jdbi;
  private final BackgroundLoop loop = new BackgroundLoop("shop-currency", PAUSE, this::round);

  /**
   * Makes the loop, which begins with {@link #start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public ShopCurrencyLoop(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Begins in a thread of its own. */
  public void start() {
    loop.start();
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() {
    jdbi.useHandle(handle -> handle.execute(SQL));
    return true;
  }
}
