package io.rekindle.prediction;

import io.rekindle.prediction.PolicyBacktest.Difference;

/**
 * Whether a fit may put its policy in force without a person. A policy is fitted as of the horizon
 * before, and evaluated on what came since, beside {@code cadence-v1} with a table. The gate holds
 * if in 95 % of the draws of a bootstrap its Brier score is not worse, and in 95 % its AUC is not
 * more than .005 lower.
 *
 * @param holds false if it does not, or if the shop is too young for it
 * @param evaluatedFrom the instant of the evaluated fit; epoch milliseconds
 * @param brierNotWorse the share of the draws in which the Brier score is not worse; null if the
 *     shop is too young
 * @param aucNotLower the share of the draws in which the AUC is not more than .005 lower; null if
 *     the shop is too young
 */
public record FitGate(boolean holds, long evaluatedFrom, Double brierNotWorse, Double aucNotLower) {

  private static final double REQUIRED = 0.95;

  /**
   * Evaluates.
   *
   * @param plan its end is the instant of the fit
   */
  public static FitGate evaluate(ShopOrders shop, BacktestPlan plan) {
    long from = plan.asOf() - plan.horizonMillis();
    Backtest.Result result = Backtest.since(shop, plan);
    if (result.instants().isEmpty()) {
      return new FitGate(false, from, null, null);
    }
    return of(from, result.policy(Backtest.FITTED).difference());
  }

  static FitGate of(long evaluatedFrom, Difference fitted) {
    boolean holds = fitted.brierNotWorse() >= REQUIRED && fitted.aucNotLower() >= REQUIRED;
    return new FitGate(holds, evaluatedFrom, fitted.brierNotWorse(), fitted.aucNotLower());
  }
}
