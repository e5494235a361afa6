package io.rekindle.prediction;

import io.rekindle.scoring.DecayCurve;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.ScoringPolicy;

/**
 * A policy as the engine would have evaluated it at past instants. Contacts of the past do not
 * count, since a backtest knows orders alone. Mutable and reused for every client.
 */
final class PolicyCurve {

  private static final int BEST = 100;

  private final DecayCurve curve;
  private boolean scored;
  private double score;

  PolicyCurve(ScoringPolicy policy) {
    curve = new DecayCurve(policy.definition());
  }

  /** Goes to an instant. */
  PolicyCurve at(PastOrdersUntil orders, long instant) {
    orders.advance(instant);
    scored = curve.load(orders, instant, Score.NEVER).orderCount() > 0;
    if (scored) {
      curve.seek(instant);
      score = curve.score();
    }
    return this;
  }

  /** The score without its fraction, 0 to 100; 0 without an effective order. */
  int score() {
    return scored ? Math.min(BEST, (int) score) : 0;
  }

  boolean atRisk() {
    return scored && curve.atRisk(score);
  }
}
