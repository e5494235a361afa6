package io.rekindle.scoring.experiment;

import java.util.Optional;

/**
 * A variant against the holdout, with always-valid intervals.
 *
 * @param uplift the rate less that of the holdout, adjusted for what the order probabilities at the
 *     decisions explain (CUPED: Deng, Xu, Kohavi and Walker, 2013)
 * @param margin how far the interval reaches to each side
 * @param explained the part of the variance of coming back that the order probabilities explain, 0
 *     to 1
 * @param revenueDifference the revenue per user less that of the holdout
 * @param revenueMargin how far its interval reaches to each side
 */
public record ArmComparison(
    double uplift,
    double margin,
    double explained,
    double revenueDifference,
    double revenueMargin) {

  /**
   * Compares a variant with the holdout; empty until at least ten users of each ordered and ten did
   * not.
   *
   * @param alpha the chance that an interval of this variant ever misses
   */
  public static Optional<ArmComparison> of(ArmTotals arm, ArmTotals holdout, double alpha) {
    if (!arm.comparable() || !holdout.comparable()) {
      return Optional.empty();
    }
    double inverse = 1.0 / arm.users() + 1.0 / holdout.users();
    double factor = AlwaysValid.factor(1 / inverse, alpha);

    double predictedDeviations = arm.predictedDeviations() + holdout.predictedDeviations();
    double joint = arm.jointDeviations() + holdout.jointDeviations();
    // A constant says nothing, and rounding leaves little of it.
    boolean predicts = predictedDeviations > 1e-9 * (arm.users() + holdout.users());
    double slope = predicts ? joint / predictedDeviations : 0;
    double variance =
        residualVariance(arm, slope) / arm.users()
            + residualVariance(holdout, slope) / holdout.users();
    double returnDeviations =
        arm.users() * arm.rate() * (1 - arm.rate())
            + holdout.users() * holdout.rate() * (1 - holdout.rate());

    return Optional.of(
        new ArmComparison(
            arm.rate() - holdout.rate() - slope * (arm.meanPredicted() - holdout.meanPredicted()),
            factor * Math.sqrt(variance),
            slope * joint / returnDeviations,
            arm.meanRevenue() - holdout.meanRevenue(),
            factor * Math.sqrt(revenueVariance(arm, holdout, inverse))));
  }

  /** The variance of coming back after the adjustment, never 0. */
  private static double residualVariance(ArmTotals arm, double slope) {
    double rate = arm.likelyRate();
    return rate * (1 - rate)
        + (slope * slope * arm.predictedDeviations() - 2 * slope * arm.jointDeviations())
            / arm.users();
  }

  /**
   * The larger of two variances of the difference. A small arm that has not met a large order yet
   * takes its own variance for too small: the variance of both arms together knows better. An arm
   * that really varies more keeps its own.
   */
  private static double revenueVariance(ArmTotals arm, ArmTotals holdout, double inverse) {
    double one = arm.revenueDeviations();
    double other = holdout.revenueDeviations();
    double separate =
        one / (arm.users() - 1.0) / arm.users() + other / (holdout.users() - 1.0) / holdout.users();
    double together = (one + other) / (arm.users() + holdout.users() - 2.0) * inverse;
    return Math.max(separate, together);
  }
}
