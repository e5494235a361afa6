package io.rekindle.dashboard.fits;

import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.BacktestPlan;
import io.rekindle.prediction.FitGate;
import io.rekindle.prediction.FitResult;
import io.rekindle.prediction.PolicyFit;
import io.rekindle.prediction.ShopOrders;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.List;

/** Fits a policy to a snapshot of the shop, and evaluates it beside the policy in force. */
public final class ShopFit {

  private static final int HORIZON_DAYS = 90;

  /** The result: a candidate, or the reasons for which there is none. */
  public sealed interface Result {}

  /** There is a candidate. */
  public record Found(Candidate candidate) implements Result {}

  /** The shop has too few orders. */
  public record Refused(FitResult.Refused reasons) implements Result {}

  private ShopFit() {}

  /**
   * Fits and evaluates.
   *
   * @param snapshot tells currencies, the policy in force and the rules of outreach
   * @param orders those of the snapshot, perhaps with a count of the readings
   * @param asOf the instant of the fit, epoch milliseconds, not after the snapshot
   */
  public static Result run(ShopSnapshot snapshot, ShopOrders orders, long asOf) {
    FitResult result = PolicyFit.fit(orders, asOf, snapshot.currency());
    if (result instanceof FitResult.Refused refused) {
      return new Refused(refused);
    }
    List<ScoringPolicy> others = others(snapshot.inForce());
    BacktestPlan plan =
        new BacktestPlan(
            HORIZON_DAYS,
            BacktestPlan.EVERY_DAYS,
            asOf,
            snapshot.currency(),
            others,
            snapshot.outreach());
    return new Found(
        new Candidate(
            ((FitResult.Fitted) result).policy(),
            Backtest.run(orders, plan),
            others.stream().map(ScoringPolicy::version).toList(),
            FitGate.evaluate(orders, plan)));
  }

  /** The policy in force, unless it is the one that every backtest has. */
  private static List<ScoringPolicy> others(ScoringPolicy inForce) {
    boolean builtIn = inForce.hash().equals(ScoringPolicy.byDefault().hash());
    return builtIn ? List.of() : List.of(inForce);
  }
}
