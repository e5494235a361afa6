package io.rekindle.scoring.factor;

/**
 * Points by level. Level 0 always holds. A higher level holds while an elapsed time is below its
 * threshold, or while an amount or count reaches it. Without new orders, times grow and amounts
 * shrink, so a user's level only drops. Validation ensures that the points never rise then.
 * Immutable.
 */
public final class TierTable {

  /** Gives no points for any measure. */
  static final TierTable NONE = new TierTable(new long[1], new double[1]);

  private final long[] thresholds;
  private final double[] points;

  /**
   * @param thresholds ascending by level for amounts and counts, descending for elapsed times; the
   *     first is unused
   * @param points by level, ascending
   */
  TierTable(long[] thresholds, double[] points) {
    this.thresholds = thresholds;
    this.points = points;
  }

  /**
   * Levels without points, for conditions.
   *
   * @param thresholds as in a table with points
   */
  public static TierTable withoutPoints(long[] thresholds) {
    return new TierTable(thresholds.clone(), new double[thresholds.length]);
  }

  /** The same points at other thresholds. */
  TierTable withThresholds(long[] others) {
    return new TierTable(others, points);
  }

  /** The number of levels, at least one. */
  public int levels() {
    return thresholds.length;
  }

  /** The threshold of a level. */
  public long threshold(int level) {
    return thresholds[level];
  }

  /** The points by level. Callers must not change the array. */
  double[] points() {
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
}
