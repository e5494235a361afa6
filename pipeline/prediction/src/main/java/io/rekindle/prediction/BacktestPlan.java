package io.rekindle.prediction;

import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.List;

/**
 * What a backtest does.
 *
 * @param horizonDays the days after an instant in which an order is a return, above zero
 * @param everyDays from instant to instant, above zero
 * @param asOf later orders are left out; epoch milliseconds
 * @param currency of the shop
 * @param policies that are compared besides {@code cadence-v1} and the fitted policy
 */
public record BacktestPlan(
    int horizonDays,
    int everyDays,
    long asOf,
    ShopCurrency currency,
    List<ScoringPolicy> policies,
    OutreachAssumptions outreach) {

  /** The days from instant to instant, if nothing else is asked for. */
  public static final int EVERY_DAYS = 28;

  /** The horizon in milliseconds. */
  long horizonMillis() {
    return horizonDays * UserFacts.DAY;
  }

  /** Copies the list. */
  public BacktestPlan {
    policies = List.copyOf(policies);
  }

  /** A plan for orders in one currency, without other policies. */
  public static BacktestPlan of(int horizonDays, int everyDays) {
    return new BacktestPlan(
        horizonDays,
        everyDays,
        Long.MAX_VALUE,
        ShopCurrency.FACE_VALUE,
        List.of(),
        OutreachAssumptions.BY_DEFAULT);
  }
}
