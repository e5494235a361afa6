package io.rekindle.dashboard.policies;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Stores the currency that all orders of the shop have, so that amounts have a currency when the
 * policy names none. It reads all orders, so it does so seldom.
 */
public final class ShopCurrencyLoop {

  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final String SQL =
      """
      insert into dashboard.shop_currency as stored (id, currency)
      select 1, case when min(currency) = max(currency) then min(currency) end from shop.orders
      on conflict (id) do update set currency = excluded.currency
        where stored.currency is distinct from excluded.currency
      """;

  private ShopCurrencyLoop() {}

  /**
   * Makes the loop, which begins with {@link BackgroundLoop#start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public static BackgroundLoop over(Jdbi jdbi) {
    return new BackgroundLoop(
        "shop-currency",
        PAUSE,
        () -> {
          jdbi.useHandle(handle -> handle.execute(SQL));
          return true;
        });
  }
}
