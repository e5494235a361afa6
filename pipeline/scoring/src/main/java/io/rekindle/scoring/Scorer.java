package io.rekindle.scoring;

import io.rekindle.scoring.factor.Breakdown;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;

/**
 * Computes scores by one policy: a pure function of the set of orders, the instant and the last
 * contact. Takes time in proportion to the number of orders and allocates only the result.
 *
 * <p>Not thread-safe: it works in memory of its own. Give each thread its own scorer.
 */
public final class Scorer {

  private final Definition policy;
  private final DecayCurve curve;

  public Scorer(ScoringPolicy policy) {
    this.policy = policy.definition();
    this.curve = new DecayCurve(this.policy);
  }

  /**
   * Computes the score of a user.
   *
   * @param orders all of the user's orders
   * @param asOf epoch milliseconds
   * @param lastContactAt the last contact in epoch milliseconds, or {@link Score#NEVER}
   * @throws IllegalArgumentException if the orders are not sorted, or a time is more than three
   *     million years away
   */
  public Score score(OrderHistory orders, long asOf, long lastContactAt) {
    UserFacts facts = curve.load(orders, asOf, lastContactAt);
    if (facts.orderCount() == 0) {
      return Score.prospect(asOf);
    }
    curve.seek(asOf);
    final double score = curve.score();
    final Breakdown breakdown = curve.breakdown();
    final boolean atRisk = curve.atRisk(score);
    final Segment segment = curve.segment(score, atRisk);
    final long valueAtStake = curve.valueAtStake(score);

    final long nextCrossing = curve.nextCrossing();
    long nextReview = Score.NEVER;
    long nextChange = Score.NEVER;
    for (long crossing = nextCrossing;
        crossing != DecayCurve.NO_CROSSING;
        crossing = curve.nextCrossing()) {
      curve.advance(crossing);
      double laterScore = curve.score();
      if (nextReview == Score.NEVER) {
        // The band follows from the score.
        boolean laterAtRisk = curve.atRisk(laterScore);
        boolean differs =
            laterScore != score
                || !curve.has(breakdown)
                || laterAtRisk != atRisk
                || curve.segment(laterScore, laterAtRisk) != segment;
        nextReview = differs ? crossing : Score.NEVER;
      }
      if (laterScore != score) {
        nextChange = crossing;
        break;
      }
    }

    return Score.computed(
        asOf,
        score,
        breakdown,
        policy.probability() == null ? Score.NO_PROBABILITY : policy.probability().perMille(score),
        valueAtStake,
        policy.band(score),
        segment,
        atRisk ? curve.atRiskSince(asOf) : Score.NEVER,
        nextChange,
        nextReview,
        nextCrossing == DecayCurve.NO_CROSSING ? Score.NEVER : nextCrossing,
        facts);
  }

  /**
   * Computes the number of the formula alone, with four decimals, for comparison with other
   * implementations. A user without an order has no {@link #score}, and gets the number without
   * points for orders here.
   */
  public BigDecimal formula(OrderHistory orders, long asOf, long lastContactAt) {
    Score score = score(orders, asOf, lastContactAt);
    return Score.fourDecimals(score.scored() ? score.score() : curve.scoreWithoutOrders(asOf));
  }

  /**
   * Replaces a computed score by one that a person has set. Band, segment and at risk follow from
   * it. The points, the probability and what is at stake stay as computed. A user without an order
   * gets it, too, and keeps the segment PROSPECT.
   *
   * @param computed the result of this scorer, as of an instant before {@code expiresAt}
   * @param overrideScore 0 to 100
   * @param setAt the time at which it was set; it can put the user at risk from then on; epoch
   *     milliseconds
   * @param expiresAt the first instant without it; epoch milliseconds
   */
  public Score overridden(Score computed, int overrideScore, long setAt, long expiresAt) {
    boolean atRisk = overrideScore < policy.atRiskBelow();
    long atRiskSince = computed.atRisk() ? computed.atRiskSince() : setAt;
    Segment segment =
        computed.orderCount() == 0
            ? Segment.PROSPECT
            : policy.segment(
                overrideScore,
                atRisk,
                computed.orderDays(),
                computed.orderDaysEver(),
                Math.max(0, computed.asOf() - computed.lastOrderAt()));
    // The points and the segment still change at the crossings of the computed score.
    long nextReview =
        computed.nextCrossing() == Score.NEVER
            ? expiresAt
            : Math.min(expiresAt, computed.nextCrossing());
    return computed.overridden(
        overrideScore,
        policy.band(overrideScore),
        segment,
        atRisk ? atRiskSince : Score.NEVER,
        expiresAt,
        nextReview);
  }
}
