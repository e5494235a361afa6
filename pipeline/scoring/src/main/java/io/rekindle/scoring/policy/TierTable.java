package io.rekindle.scoring.policy;

import java.util.Arrays;

/**
 * Points by level. Level 0 always holds; a level above it holds while the measured thing has not
 * passed its threshold: an elapsed time that is still below it, or an amount or count that still
 * reaches it. Without new orders, times grow and amounts shrink, so a user's level only drops, and
 * the points never rise: validation ensures that.
 */
public final class TierTable {

  /** Gives no points whatever is measured. */
  static final TierTable NONE = new TierTable(new long[1], new double[1]);

  private final long[] thresholds;
  private final double[] points;

  /**
   * @param thresholds ascending by level for amounts and counts, descending for elapsed times; the
   *     one of level 0 is not used
   * @param points by level, ascending
   */
  TierTable(long[] thresholds, double[] points) {
    this.thresholds = thresholds;
    this.points = points;
  }

  public int levels() {
    return thresholds.length;
  }

  /** Not to be written to. */
  public long[] thresholds() {
    return thresholds;
  }

  /** Not to be written to. */
  public double[] points() {
    return points;
  }

  /** The points for an amount or count. */
  double pointsFor(long amount) {
    int level = levels() - 1;
    while (level > 0 && amount < thresholds[level]) {
      level--;
    }
    return points[level];
  }

  /** The same points with levels for these amounts, too, so that passing one is noticed. */
  TierTable withThresholdsAt(long[] amounts) {
    long[] all = new long[thresholds.length + amounts.length];
    System.arraycopy(thresholds, 0, all, 0, thresholds.length);
    System.arraycopy(amounts, 0, all, thresholds.length, amounts.length);
    long[] union = Arrays.stream(all).sorted().distinct().toArray();
    return new TierTable(union, Arrays.stream(union).mapToDouble(this::pointsFor).toArray());
  }
}
