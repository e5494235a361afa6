package io.rekindle.scoring;

import io.rekindle.scoring.factor.Breakdown;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.factor.FactorRule;
import io.rekindle.scoring.factor.TierCursor;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.Segment;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The score of a user at any instant by the present orders, and the instants at which it can
 * change. Mutable and reused for every user, so that scoring allocates nothing.
 */
public final class DecayCurve {

  /** No instant. */
  public static final long NO_CROSSING = TierCursor.NO_DROP;

  private final Definition policy;
  private final UserFacts facts;
  private final FactorRule[] rules;
  private final TierCursor[] factors;
  private final TierCursor orderDays;
  private final TierCursor elapsed;
  private final TierCursor[] moving;

  /** Infinite if a drop alone does not put at risk. */
  private final double atRiskDrop;

  private final boolean needsScoreAtLastOrder;
  private double scoreAtLastOrder;
  private long now;
  private long nextCrossing;

  /** Creates a curve without a user. */
  public DecayCurve(Definition policy) {
    this.policy = policy;
    facts = new UserFacts(policy.windowMillis(), policy.exchangeRates(), policy.usualGap());
    rules = policy.factors().toArray(FactorRule[]::new);
    factors = Arrays.stream(rules).map(FactorRule::cursor).toArray(TierCursor[]::new);
    orderDays = policy.orderDaysConditions().cursor();
    elapsed = policy.elapsedConditions().cursor();
    moving =
        Stream.concat(Arrays.stream(factors), Stream.of(orderDays, elapsed))
            .filter(TierCursor::moves)
            .toArray(TierCursor[]::new);
    atRiskDrop = policy.atRiskDrop() == null ? Double.POSITIVE_INFINITY : policy.atRiskDrop();
    needsScoreAtLastOrder = policy.atRiskDrop() != null || policy.money() != null;
  }

  /**
   * Loads a user. Call {@link #seek} next, if the user has an effective order.
   *
   * @param asOf the instant of the window, epoch milliseconds
   * @param lastContactAt the last contact in epoch milliseconds, or {@link Score#NEVER}
   * @return the user's facts, which the next call replaces
   * @throws IllegalArgumentException if the orders are not sorted, or a time is more than three
   *     million years away
   */
  public UserFacts load(OrderHistory orders, long asOf, long lastContactAt) {
    facts.load(orders, asOf, lastContactAt);
    if (facts.orderCount() > 0) {
      for (int i = 0; i < rules.length; i++) {
        rules[i].load(facts, factors[i]);
      }
      policy.orderDaysConditions().load(facts, orderDays);
      policy.elapsedConditions().load(facts, elapsed);
      if (needsScoreAtLastOrder) {
        seek(facts.lastOrderAt());
        scoreAtLastOrder = score();
      }
    }
    return facts;
  }

  /** Goes to any instant. */
  public void seek(long instant) {
    now = instant;
    long next = NO_CROSSING;
    for (TierCursor cursor : moving) {
      cursor.seek(instant);
      next = Math.min(next, cursor.nextDrop());
    }
    nextCrossing = next;
  }

  /** Goes to an instant that is not before the present one. */
  public void advance(long instant) {
    now = instant;
    long next = NO_CROSSING;
    for (TierCursor cursor : moving) {
      cursor.advance(instant);
      next = Math.min(next, cursor.nextDrop());
    }
    nextCrossing = next;
  }

  /** The next instant at which something can change, or {@link #NO_CROSSING}. */
  public long nextCrossing() {
    return nextCrossing;
  }

  Breakdown breakdown() {
    return Breakdown.of(factors);
  }

  /** The present points of a factor. */
  public double points(Factor factor) {
    return factors[factor.index()].points();
  }

  /** Whether the present points equal those of the breakdown. */
  boolean has(Breakdown breakdown) {
    return breakdown.isOf(factors);
  }

  /** The sum in the order of the factors, on which the last digits of fractions depend. */
  public double score() {
    double sum = policy.base();
    for (TierCursor factor : factors) {
      sum += factor.points();
    }
    return policy.clamp(sum);
  }

  /** The score of a loaded user without an order. Few factors count without orders. */
  double scoreWithoutOrders(long instant) {
    double sum = policy.base();
    for (int i = 0; i < rules.length; i++) {
      if (rules[i].countsWithoutOrders()) {
        rules[i].load(facts, factors[i]);
        factors[i].seek(instant);
        sum += factors[i].points();
      }
    }
    return policy.clamp(sum);
  }

  /** Whether the user is at risk with the present score. */
  public boolean atRisk(double score) {
    return score < policy.atRiskBelow() || scoreAtLastOrder - score >= atRiskDrop;
  }

  /**
   * What is at stake with the present score, in hundredths: the probability of an order that was
   * lost since the last order, times what the order is worth. {@link Score#NO_VALUE} if the policy
   * does not say it.
   */
  long valueAtStake(double score) {
    if (policy.money() == null || policy.probability() == null) {
      return Score.NO_VALUE;
    }
    // A contact at the last order may have lowered the score then.
    int lost =
        Math.max(
            0,
            policy.probability().perMille(scoreAtLastOrder) - policy.probability().perMille(score));
    double worth = policy.money().expectedMinor(facts.repeatOrders(), facts.repeatSpend());
    return (long) StrictMath.rint(lost * worth / 1000);
  }

  /** The segment with the present score. */
  public Segment segment(double score, boolean atRisk) {
    return policy.segment(
        score,
        atRisk,
        // The rules' numbers are the thresholds, so a level's threshold stands for its numbers.
        policy.orderDaysConditions().tiers().threshold(orderDays.level()),
        facts.orderDaysEver(),
        facts.elapsed(now));
  }

  /**
   * The first instant, not before the last order, at which the user is at risk. If only a contact
   * before an order in the future put the user at risk, it is the time of that order.
   */
  long atRiskSince(long asOf) {
    seek(facts.lastOrderAt());
    while (!atRisk(score())) {
      long next = nextCrossing();
      if (next > asOf) {
        return facts.lastOrderAt();
      }
      advance(next);
    }
    return now;
  }
}
