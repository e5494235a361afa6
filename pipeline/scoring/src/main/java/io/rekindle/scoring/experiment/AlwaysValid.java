package io.rekindle.scoring.experiment;

/**
 * Intervals that hold at every look: with probability 1 &minus; alpha the truth is in all of them,
 * however often one looks and whenever one stops.
 *
 * <p>They are asymptotic confidence sequences in the form of Robbins' normal mixture. The source is
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
 * asymptotic confidence sequences", Annals of Statistics 52 (2024). An experiment of two arms
 * counts as its effective users, 1 / (1/n + 1/m). The interval is narrowest, for its chance of
 * error, at {@link #TUNED_TO} of them. That number is fixed beforehand for all experiments, since
 * one that followed the data would break the promise.
 *
 * <p>The SQL functions {@code engagement.always_valid_factor} and {@code engagement.planned_users}
 * compute the same; a test compares them.
 */
public final class AlwaysValid {

  /** The chance that an interval of an experiment ever misses, over all its variants together. */
  public static final double ALPHA = 0.05;

  /** Effective users at which the interval is narrowest. */
  public static final double TUNED_TO = 500;

  /** The normal quantile of a power of 80 %. */
  private static final double POWER = 0.8416212335729143;

  private static final int ROUNDS = 80;

  private AlwaysValid() {}

  /** The chance of error of each variant, so that all of them together keep {@link #ALPHA}. */
  public static double alpha(int variants) {
    return ALPHA / Math.max(1, variants);
  }

  /** How many standard errors the interval reaches to each side. */
  public static double factor(double effectiveUsers, double alpha) {
    double surprise = -2 * Math.log(alpha);
    double ratio = (surprise + Math.log1p(surprise)) * effectiveUsers / TUNED_TO;
    return Math.sqrt((1 + 1 / ratio) * (surprise + Math.log1p(ratio)));
  }

  /**
   * Returns the users of the whole experiment with whom a difference would be seen with a
   * probability of 80 %, when they are looked at once. Who looks at every day sees it earlier or at
   * the same time.
   *
   * @param rate the rate of the holdout, above 0 and below 1
   * @param difference the difference to see, above 0, in the direction of one half
   * @param share the part of all users in the variant, above 0
   * @param holdoutShare the part of all users that is held out, above 0
   */
  public static double plannedUsers(
      double rate, double difference, double share, double holdoutShare, double alpha) {
    double shifted = rate + (rate <= 0.5 ? difference : -difference);
    double variance = shifted * (1 - shifted) / share + rate * (1 - rate) / holdoutShare;
    double effective = share * holdoutShare / (share + holdoutShare);
    // The number of users is on both sides of the equation. Halving each step, in logarithms, lets
    // it settle from any beginning.
    double users = TUNED_TO / effective;
    for (int i = 0; i < ROUNDS; i++) {
      double errors = (factor(users * effective, alpha) + POWER) / difference;
      users = Math.sqrt(users * errors * errors * variance);
    }
    double least = 10 / Math.min(1 - Math.max(rate, shifted), Math.min(rate, shifted));
    return Math.max(users, least / Math.min(share, holdoutShare));
  }
}
