package io.rekindle.scoring;

import io.rekindle.scoring.factor.Breakdown;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The score of a user by a policy at one instant. Instants are epoch milliseconds, or {@link
 * #NEVER}. Amounts are hundredths of the policy's base currency.
 *
 * <p>The components are in three groups: the result as of the instant, the next instants, and the
 * facts about orders. They are not records of their own, so that scoring creates only one object
 * beside the breakdown.
 *
 * <p>Points of tiered factors are whole numbers and exact. Linear factors give fractions. All
 * outputs use {@link #scoreDecimal()} and {@link #pointsDecimal}, so that they agree.
 *
 * @param asOf the instant of the score
 * @param scored whether there is a score: a user without an effective order has none
 * @param score the score, or 0 if there is none
 * @param breakdown the points of the computed score
 * @param orderPerMille the probability of an order by the computed score, in thousandths; {@link
 *     #NO_PROBABILITY} without a computed score, or if the policy has no table. An override does
 *     not change it.
 * @param valueAtStake what is at stake by the computed score: the probability of an order that was
 *     lost since the last order, times what the order is worth; {@link #NO_VALUE} without a
 *     probability, or if no model says what an order is worth
 * @param atRiskSince the first instant, not before the last order, at which the user was at risk
 *     with the present orders; NEVER if not at risk as of {@code asOf}
 * @param nextChange the next instant at which the score changes without an event
 * @param nextReview the next instant at which score, any points, band, segment or at risk change
 *     without an event; never after {@code nextChange}
 * @param nextCrossing the next instant at which the user passes any threshold of the policy, even
 *     without a visible change; never after {@code nextReview}
 * @param usualGap the user's usual time between order days in milliseconds; 0 without an order, or
 *     if the policy has no rhythm
 * @param orderDays UTC days with an effective order in the policy's window
 * @param orderDaysEver UTC days with an effective order
 * @param spendMinor the spend in the policy's window
 * @param orderCount effective orders ever
 * @param totalSpendMinor the spend ever
 * @param lastOrderAt the time of the newest effective order
 * @param unconvertedOrders effective orders ever without a rate for their currency, which add no
 *     spend
 */
public record Score(
    long asOf,
    boolean scored,
    double score,
    Breakdown breakdown,
    int orderPerMille,
    long valueAtStake,
    Band band,
    Segment segment,
    boolean atRisk,
    long atRiskSince,
    long nextChange,
    long nextReview,
    long nextCrossing,
    long usualGap,
    int orderDays,
    int orderDaysEver,
    long spendMinor,
    int orderCount,
    long totalSpendMinor,
    long lastOrderAt,
    int unconvertedOrders) {

  /** Stands for no instant. */
  public static final long NEVER = UserFacts.NEVER;

  /** Stands for no probability. */
  public static final int NO_PROBABILITY = -1;

  /** Stands for no value. */
  public static final long NO_VALUE = -1;

  private static final int FRACTION_DIGITS = 4;
  private static final int PER_MILLE_DIGITS = 3;

  /**
   * The score of a user with an effective order. The user is at risk if {@code atRiskSince} is set.
   */
  static Score computed(
      long asOf,
      double score,
      Breakdown breakdown,
      int orderPerMille,
      long valueAtStake,
      Band band,
      Segment segment,
      long atRiskSince,
      long nextChange,
      long nextReview,
      long nextCrossing,
      UserFacts facts) {
    return new Score(
        asOf,
        true,
        score,
        breakdown,
        orderPerMille,
        valueAtStake,
        band,
        segment,
        atRiskSince != NEVER,
        atRiskSince,
        nextChange,
        nextReview,
        nextCrossing,
        facts.usualGap(),
        facts.orderDaysInWindow(),
        facts.orderDaysEver(),
        facts.spendInWindow(),
        facts.orderCount(),
        facts.totalSpend(),
        facts.lastOrderAt(),
        facts.unconvertedOrders());
  }

  /** A user without an effective order. */
  static Score prospect(long asOf) {
    return new Score(
        asOf,
        false,
        0,
        Breakdown.NONE,
        NO_PROBABILITY,
        NO_VALUE,
        Band.PROSPECT,
        Segment.PROSPECT,
        false,
        NEVER,
        NEVER,
        NEVER,
        NEVER,
        0,
        0,
        0,
        0,
        0,
        0,
        NEVER,
        0);
  }

  /**
   * The score with another number until it expires. The points, the probability and what is at
   * stake stay as computed.
   */
  Score overridden(
      int overrideScore,
      Band overrideBand,
      Segment overrideSegment,
      long riskSince,
      long expiresAt,
      long review) {
    return new Score(
        asOf,
        true,
        overrideScore,
        breakdown,
        orderPerMille,
        valueAtStake,
        overrideBand,
        overrideSegment,
        riskSince != NEVER,
        riskSince,
        expiresAt,
        review,
        review,
        usualGap,
        orderDays,
        orderDaysEver,
        spendMinor,
        orderCount,
        totalSpendMinor,
        lastOrderAt,
        unconvertedOrders);
  }

  /** The score in the form of outputs; null without a score. */
  public BigDecimal scoreDecimal() {
    return scored ? decimal(score) : null;
  }

  /** The points of a factor. */
  public double points(Factor factor) {
    return breakdown.points(factor);
  }

  /** The points of a factor in the form of outputs; null without an effective order. */
  public BigDecimal pointsDecimal(Factor factor) {
    return orderCount == 0 ? null : decimal(points(factor));
  }

  /**
   * The probability of an order within the days of the policy's table, from 0 to 1 with three
   * decimals; null if there is none.
   */
  public BigDecimal orderProbability() {
    return orderPerMille == NO_PROBABILITY
        ? null
        : BigDecimal.valueOf(orderPerMille, PER_MILLE_DIGITS);
  }

  /** What is at stake in units of the base currency; null if that is not known. */
  public BigDecimal valueAtStakeDecimal() {
    return valueAtStake == NO_VALUE ? null : BigDecimal.valueOf(valueAtStake, 2);
  }

  /**
   * Total spend over all effective orders in units of the base currency, rounded half even to two
   * decimals, or null without an effective order.
   */
  public BigDecimal averageOrderValue() {
    return orderCount == 0
        ? null
        : BigDecimal.valueOf(totalSpendMinor, 2)
            .divide(BigDecimal.valueOf(orderCount), 2, RoundingMode.HALF_EVEN);
  }

  /** The number with four decimals, rounded half even from its exact binary value. */
  static BigDecimal fourDecimals(double number) {
    return new BigDecimal(number).setScale(FRACTION_DIGITS, RoundingMode.HALF_EVEN);
  }

  /** A score or points in the form of outputs: a whole number, or four decimals. */
  public static BigDecimal decimal(double number) {
    return number == Math.rint(number) ? BigDecimal.valueOf((long) number) : fourDecimals(number);
  }
}
