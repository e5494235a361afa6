package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.fits.StoredBacktest;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.prediction.YearAheadBacktest;
import io.rekindle.prediction.YearAheadModel;
import io.rekindle.scoring.orders.OrderHistory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The year ahead and the next order of a client, as far as the shop's own backtest allows to tell
 * them. All is null without a fit of the shop, or without an effective order.
 *
 * @param ordersTenth the tenth of the clients by expected order days within 365 days; 1 is the top
 * @param spendTenth the same by expected spend
 * @param spendLow the lower end of the expected spend, in the policy's base currency; null unless
 *     the newest backtest was right to a tenth
 * @param spendHigh the upper end; null like the lower one
 * @param nextOrder when the next order may come; null unless the newest backtest was right to a
 *     twentieth
 */
public record YearAhead(
    Integer ordersTenth,
    Integer spendTenth,
    BigDecimal spendLow,
    BigDecimal spendHigh,
    NextOrder nextOrder) {

  /** Nothing can be told. */
  static final YearAhead NONE = new YearAhead(null, null, null, null, null);

  /**
   * The quartiles of the time of the next order.
   *
   * @param from a quarter of such clients order by then; null if fewer do at all
   * @param median half of such clients order by then; null if fewer do at all
   * @param until three quarters of such clients order by then; null if fewer do at all
   */
  public record NextOrder(Instant from, Instant median, Instant until) {}

  static YearAhead of(Handle handle, PolicyInForce inForce, OrderHistory orders, Instant now) {
    if (inForce.yearAhead().isEmpty() || inForce.policy().money().isEmpty()) {
      return NONE;
    }
    return inForce
        .yearAhead()
        .get()
        .client(
            orders,
            now.toEpochMilli(),
            inForce.policy().definition().exchangeRates(),
            inForce.policy().money().get())
        .map(client -> of(client, StoredBacktest.newestYearAhead(handle)))
        .orElse(NONE);
  }

  private static YearAhead of(
      YearAheadModel.ClientYear client, Optional<YearAheadBacktest> backtest) {
    Optional<YearAheadBacktest> money = backtest.filter(YearAheadBacktest::spendHolds);
    Optional<YearAheadBacktest> window = backtest.filter(YearAheadBacktest::windowHolds);
    double spend = client.year().spend();
    return new YearAhead(
        client.orderDaysTenth(),
        client.spendTenth(),
        money.map(right -> amount(spend * right.lowestSpendRatio())).orElse(null),
        money.map(right -> amount(spend * right.highestSpendRatio())).orElse(null),
        window
            .map(
                right ->
                    new NextOrder(
                        instant(client.from()), instant(client.median()), instant(client.until())))
            .orElse(null));
  }

  private static BigDecimal amount(double minor) {
    return BigDecimal.valueOf(minor / 100).setScale(2, RoundingMode.HALF_EVEN);
  }

  private static Instant instant(Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }
}
