package io.rekindle.prediction;

import io.rekindle.scoring.orders.UserFacts;

/**
 * The past instants at which clients are examples: every 28 days back from 90 days ago, at most 26
 * of them, and none before the shop is 28 days old. Their outcomes are known: whether the client
 * ordered in the 90 days after. Newer ones weigh more.
 */
final class Snapshots {

  /** The days in which an order is a return, if nothing else is asked for. */
  static final int HORIZON_DAYS = 90;

  /** A client's example with the probability of the teacher. */
  static final double TEACHER_WEIGHT = 0.5;

  private static final int EVERY_DAYS = 28;
  private static final long EVERY = EVERY_DAYS * UserFacts.DAY;
  private static final int MAX = 26;
  private static final double HALF_LIFE_DAYS = 180;

  private final int horizonDays;
  private final long[] instants;
  private final double[] weights;

  /**
   * @param asOf the instant of the fit, epoch milliseconds
   * @param firstOrderAt the shop's first effective order, epoch milliseconds
   * @param horizonDays the days in which an order is a return, above zero
   */
  Snapshots(long asOf, long firstOrderAt, int horizonDays) {
    this.horizonDays = horizonDays;
    int count = 0;
    while (count < MAX && asOf - horizon() - count * EVERY >= firstOrderAt + EVERY) {
      count++;
    }
    instants = new long[count];
    weights = new double[count];
    for (int i = 0; i < count; i++) {
      int back = count - 1 - i;
      instants[i] = asOf - horizon() - back * EVERY;
      // Snapshots overlap, so that an order can be an outcome of several.
      weights[i] =
          (double) EVERY_DAYS
              / horizonDays
              * StrictMath.pow(2, -(EVERY_DAYS * back) / HALF_LIFE_DAYS);
    }
  }

  /** The days in which an order is a return. */
  int horizonDays() {
    return horizonDays;
  }

  /** The same time in milliseconds. */
  long horizon() {
    return horizonDays * UserFacts.DAY;
  }

  /** The same time in weeks. */
  double horizonWeeks() {
    return horizonDays / 7.0;
  }

  /** The number of snapshots; 0 in a young shop. */
  int count() {
    return instants.length;
  }

  /** An instant, ascending; epoch milliseconds. */
  long instant(int snapshot) {
    return instants[snapshot];
  }

  /** The weight of each example, by snapshot. */
  double[] weights() {
    return weights.clone();
  }
}
