package io.rekindle.prediction;

import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.OrderProbability;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.Arrays;
import java.util.List;

/**
 * Policies at the newest past instant whose outcomes are all known, client by client: what each
 * would have scored then, and who ordered in the 90 days after. It needs no fit, so it evaluates a
 * policy that is still being edited. A policy or table that was fitted since then knew what came,
 * so its figures flatter. Mutable, for one thread.
 */
public final class LatestOutcomes {

  /** The days after the instant in which an order is a return. */
  public static final int HORIZON_DAYS = Snapshots.HORIZON_DAYS;

  /** There is one instant. */
  private static final int INSTANT = 0;

  private final long asOf;
  private final long instant;
  private final List<Evaluated> policies;
  private final ClientSweep sweep = new ClientSweep();
  private final PastOrdersUntil past = new PastOrdersUntil();

  private long clients;
  private long returns;

  private static final class Evaluated {

    private final ScoringPolicy policy;
    private final PolicyCurve curve;

    /** By {@link OutcomeCounts#place}. */
    private final long[] outcomes = new long[2 * OutcomeCounts.SCORES];

    Evaluated(ScoringPolicy policy) {
      this.policy = policy;
      this.curve = new PolicyCurve(policy);
    }
  }

  /**
   * How good a policy would have been.
   *
   * @param auc the chance that of two clients the one who returned had the higher score, ties by
   *     half; null without a return, or without a client who did not
   * @param ece the expected calibration error of the policy's table: the mean difference of
   *     probability and rate of returns over ten equal ranges of probability; null without a table
   *     over the same days, or without a client
   */
  public record Figures(Double auc, Double ece) {}

  /**
   * @param asOf all outcomes until then are known; epoch milliseconds
   */
  public LatestOutcomes(long asOf, List<ScoringPolicy> policies) {
    this.asOf = asOf;
    this.instant = asOf - HORIZON_DAYS * UserFacts.DAY;
    this.policies = policies.stream().map(Evaluated::new).toList();
  }

  /** The past instant, epoch milliseconds. */
  public long instant() {
    return instant;
  }

  /**
   * Counts a client. One without an order up to the instant is no example.
   *
   * @param orders ascending
   */
  public void add(OrderHistory orders) {
    sweep.load(orders, asOf);
    if (!sweep.advance(instant)) {
      return;
    }
    boolean returned = sweep.nextOrderAt() <= asOf;
    clients++;
    returns += returned ? 1 : 0;
    past.load(orders);
    for (Evaluated each : policies) {
      int score = each.curve.at(past, instant).score();
      each.outcomes[OutcomeCounts.place(INSTANT, score, returned)]++;
    }
  }

  /** The clients with an order up to the instant. */
  public long clients() {
    return clients;
  }

  /** Those of them who ordered in the days after. */
  public long returns() {
    return returns;
  }

  /** The figures of a policy by its place in the list. */
  public Figures figures(int policy) {
    Evaluated evaluated = policies.get(policy);
    OrderProbability table =
        evaluated
            .policy
            .probability()
            .filter(own -> own.horizonDays() == HORIZON_DAYS)
            .orElse(null);
    double[][] probabilities = new double[1][OutcomeCounts.SCORES];
    if (table != null) {
      Arrays.setAll(probabilities[INSTANT], score -> table.perMille(score) / 1000.0);
    }
    BacktestFigures figures = new ScoredOutcomes(probabilities, evaluated.outcomes).figures();
    return new Figures(figures.auc(), table == null ? null : figures.ece());
  }
}
