package io.rekindle.scoring;

import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a policy says of a user at one instant. Instants are epoch milliseconds, {@link #NEVER} when
 * there is none; amounts are hundredths of the policy's base currency.
 *
 * <p>Points and scores of tiered factors are whole numbers and exact; linear factors give
 * fractions. Outputs show them by {@link #scoreDecimal()} and its siblings, so that they all agree.
 *
 * @param asOf the instant that all of this speaks of
 * @param scored whether there is a score: a user without an effective order has none
 * @param score the score, or 0 if there is none
 * @param recencyPoints part of the score for how long ago the last order was
 * @param rhythmPoints part of the score for how long ago that was by the user's own usual gap
 * @param frequencyPoints part of the score for the number of orders
 * @param valuePoints part of the score for the amounts spent
 * @param contactPoints zero, or the deduction for having been emailed lately
 * @param atRiskSince the first instant, not before the last order, at which the user was at risk in
 *     this silence; NEVER if not at risk as of {@code asOf}
 * @param nextChange the next instant at which the score differs if nothing happens
 * @param nextReview the next instant at which anything shown differs (score, any points, band,
 *     segment, at risk) if nothing happens; never after {@code nextChange}
 * @param nextCrossing the next instant at which the user passes any threshold of the policy,
 *     whether or not that shows; never after {@code nextReview}
 * @param usualGap the user's usual time between order days in milliseconds; 0 without an order, or
 *     if the policy has no rhythm
 * @param orderDays UTC days with an effective order in the policy's window
 * @param orderDaysEver UTC days with an effective order
 * @param spendMinor spent in the policy's window
 * @param orderCount effective orders ever
 * @param totalSpendMinor spent ever
 * @param lastOrderAt when the newest effective order was placed
 * @param unconvertedOrders effective orders ever that count with no spend, since the policy has no
 *     rate for their currency
 */
public record Score(
    long asOf,
    boolean scored,
    double score,
    double recencyPoints,
    double rhythmPoints,
    double frequencyPoints,
    double valuePoints,
    double contactPoints,
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

  /** Stands for an instant that there is not. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final int FRACTION_DIGITS = 4;

  /** The score as outputs show it, or null if there is none. */
  public BigDecimal scoreDecimal() {
    return scored ? decimal(score) : null;
  }

  /** The recency points as outputs show them, or null without an effective order. */
  public BigDecimal recencyDecimal() {
    return points(recencyPoints);
  }

  /** The rhythm points as outputs show them, or null without an effective order. */
  public BigDecimal rhythmDecimal() {
    return points(rhythmPoints);
  }

  /** The frequency points as outputs show them, or null without an effective order. */
  public BigDecimal frequencyDecimal() {
    return points(frequencyPoints);
  }

  /** The value points as outputs show them, or null without an effective order. */
  public BigDecimal valueDecimal() {
    return points(valuePoints);
  }

  /** The contact points as outputs show them, or null without an effective order. */
  public BigDecimal contactDecimal() {
    return points(contactPoints);
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

  private BigDecimal points(double points) {
    return orderCount == 0 ? null : decimal(points);
  }

  private static BigDecimal decimal(double number) {
    return number == Math.rint(number) ? BigDecimal.valueOf((long) number) : fourDecimals(number);
  }
}
