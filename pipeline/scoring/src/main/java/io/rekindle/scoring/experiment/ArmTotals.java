package io.rekindle.scoring.experiment;

/**
 * What has to be known of the users of an arm whose 14 days are over.
 *
 * @param users how many they are
 * @param reactivated how many of them ordered
 * @param revenue the sum of what they spent, in the base currency
 * @param revenueSquares the sum of its squares over the users
 * @param predicted the sum of the order probabilities that they had at their decisions
 * @param predictedSquares the sum of the squares of these
 * @param predictedReactivated the sum of these over the users who ordered
 */
public record ArmTotals(
    long users,
    long reactivated,
    double revenue,
    double revenueSquares,
    double predicted,
    double predictedSquares,
    double predictedReactivated) {

  /** No users. */
  public static final ArmTotals NONE = new ArmTotals(0, 0, 0, 0, 0, 0, 0);

  private static final int MIN_OF_EACH_KIND = 10;

  /** These and one user more. */
  public ArmTotals plus(boolean ordered, double spent, double orderProbability) {
    return new ArmTotals(
        users + 1,
        reactivated + (ordered ? 1 : 0),
        revenue + spent,
        revenueSquares + spent * spent,
        predicted + orderProbability,
        predictedSquares + orderProbability * orderProbability,
        predictedReactivated + (ordered ? orderProbability : 0));
  }

  /** These and those of other users. */
  public ArmTotals plus(ArmTotals others) {
    return new ArmTotals(
        users + others.users,
        reactivated + others.reactivated,
        revenue + others.revenue,
        revenueSquares + others.revenueSquares,
        predicted + others.predicted,
        predictedSquares + others.predictedSquares,
        predictedReactivated + others.predictedReactivated);
  }

  /** Whether at least ten users ordered and ten did not: the intervals begin then. */
  public boolean comparable() {
    return reactivated >= MIN_OF_EACH_KIND && users - reactivated >= MIN_OF_EACH_KIND;
  }

  /** The part that ordered. */
  public double rate() {
    return (double) reactivated / users;
  }

  /** The rate with one more user of each kind, so that it is neither 0 nor 1. */
  public double likelyRate() {
    return (reactivated + 1.0) / (users + 2.0);
  }

  double meanRevenue() {
    return revenue / users;
  }

  /** The sum of squared deviations of the revenue from its mean. */
  double revenueDeviations() {
    return Math.max(0, revenueSquares - revenue * revenue / users);
  }

  double meanPredicted() {
    return predicted / users;
  }

  /** The sum of squared deviations of the order probability from its mean. */
  double predictedDeviations() {
    return Math.max(0, predictedSquares - predicted * predicted / users);
  }

  /** The sum of the products of the deviations of both. */
  double jointDeviations() {
    return predictedReactivated - predicted * reactivated / users;
  }
}
