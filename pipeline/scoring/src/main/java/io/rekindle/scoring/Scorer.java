package io.rekindle.scoring;

import io.rekindle.scoring.policy.Band;
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
   * The score of a user.
   *
   * @param orders all of the user's orders
   * @param asOf epoch milliseconds
   * @param lastContactAt when the user was last contacted in epoch milliseconds, or {@link
   *     Score#NEVER}
   * @throws IllegalArgumentException if the orders are not sorted, or a time is more than three
   *     million years away
   */
  public Score score(OrderHistory orders, long asOf, long lastContactAt) {
    OrderFacts facts = load(orders, asOf, lastContactAt);
    if (facts.orderCount == 0) {
      return prospect(asOf);
    }
    curve.seek(asOf);
    final double score = curve.score();
    final double recency = curve.recencyPoints();
    final double rhythm = curve.rhythmPoints();
    final double frequency = curve.frequencyPoints();
    final double value = curve.valuePoints();
    final double contact = curve.contactPoints();
    final Band band = policy.band(score);
    final boolean atRisk = curve.atRisk(score);
    final Segment segment = curve.segment(score, atRisk);

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
                || curve.recencyPoints() != recency
                || curve.rhythmPoints() != rhythm
                || curve.frequencyPoints() != frequency
                || curve.valuePoints() != value
                || curve.contactPoints() != contact
                || laterAtRisk != atRisk
                || curve.segment(laterScore, laterAtRisk) != segment;
        nextReview = differs ? crossing : Score.NEVER;
      }
      if (laterScore != score) {
        nextChange = crossing;
        break;
      }
    }

    return new Score(
        asOf,
        true,
        score,
        recency,
        rhythm,
        frequency,
        value,
        contact,
        band,
        segment,
        atRisk,
        atRisk ? curve.atRiskSince(asOf) : Score.NEVER,
        nextChange,
        nextReview,
        nextCrossing == DecayCurve.NO_CROSSING ? Score.NEVER : nextCrossing,
        facts.usualGap,
        facts.orderDaysInWindow,
        facts.orderDaysEver,
        facts.spendInWindow,
        facts.orderCount,
        facts.totalSpend,
        facts.lastOrderAt,
        facts.unconvertedOrders);
  }

  /**
   * The number that the formula alone gives, with four decimals: the score of a user with an order,
   * and for one without, whom {@link #score} leaves unscored, the formula with nothing added for
   * orders. For comparison with other implementations of the formula.
   */
  public BigDecimal formula(OrderHistory orders, long asOf, long lastContactAt) {
    Score score = score(orders, asOf, lastContactAt);
    return Score.fourDecimals(score.scored() ? score.score() : curve.scoreWithoutOrders(asOf));
  }

  /**
   * The same user with the score replaced by one that a person set: band, segment and at risk
   * follow from it, the points stay as computed. A user without an order gets it, too, and stays a
   * PROSPECT by segment. The caller sees to it that {@code computed.asOf()} is before {@code
   * expiresAt}.
   *
   * @param computed what this scorer gave
   * @param overrideScore 0 to 100
   * @param setAt when it was set, from when on it can put the user at risk; epoch milliseconds
   * @param expiresAt the first instant at which it no longer holds; epoch milliseconds
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
    // Points, and the segment by rules that the computed score did not meet, go on to differ.
    long nextReview =
        computed.nextCrossing() == Score.NEVER
            ? expiresAt
            : Math.min(expiresAt, computed.nextCrossing());
    return new Score(
        computed.asOf(),
        true,
        overrideScore,
        computed.recencyPoints(),
        computed.rhythmPoints(),
        computed.frequencyPoints(),
        computed.valuePoints(),
        computed.contactPoints(),
        policy.band(overrideScore),
        segment,
        atRisk,
        atRisk ? atRiskSince : Score.NEVER,
        expiresAt,
        nextReview,
        nextReview,
        computed.usualGap(),
        computed.orderDays(),
        computed.orderDaysEver(),
        computed.spendMinor(),
        computed.orderCount(),
        computed.totalSpendMinor(),
        computed.lastOrderAt(),
        computed.unconvertedOrders());
  }

  private OrderFacts load(OrderHistory orders, long asOf, long lastContactAt) {
    requireNear("The instant to score", asOf);
    if (lastContactAt != Score.NEVER) {
      requireNear("The last contact", lastContactAt);
    }
    return curve.load(orders, asOf, lastContactAt);
  }

  private static void requireNear(String what, long instant) {
    if (instant > OrderFacts.MAX_INSTANT || instant < -OrderFacts.MAX_INSTANT) {
      throw OrderFacts.tooFar(what, instant);
    }
  }

  private static Score prospect(long asOf) {
    return new Score(
        asOf,
        false,
        0,
        0,
        0,
        0,
        0,
        0,
        Band.PROSPECT,
        Segment.PROSPECT,
        false,
        Score.NEVER,
        Score.NEVER,
        Score.NEVER,
        Score.NEVER,
        0,
        0,
        0,
        0,
        0,
        0,
        Score.NEVER,
        0);
  }
}
