package io.rekindle.scoring.factor;

/**
 * Points by level. Level 0 always holds; a level above it holds while the measured thing has not
 * passed its threshold: an elapsed time that is still below it, or an amount or count that still
 * reaches it. Without new orders, times grow and amounts shrink, so a user's level only drops, and
 * the points never rise: validation ensures that. Immutable.
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

  /** How many levels there are, at least one. */
  public int levels() {
    return thresholds.length;
  }

  /** The threshold of a level. */
  public long threshold(int level) {
    return thresholds[level];
  }

  /** By level; not to be written to. */
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
