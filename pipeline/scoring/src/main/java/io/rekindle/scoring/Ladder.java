package io.rekindle.scoring;

import java.util.Arrays;

/**
 * Points by level. Level 0 always holds; a level above it holds while the measured thing has not
 * passed its rung: an elapsed time that is still below it, or an amount or count that still reaches
 * it. As long as nothing is ordered times grow and amounts shrink, so a user only climbs down, and
 * the points never rise on the way: validation sees to that.
 */
final class Ladder {

  /** Gives no points whatever is measured. */
  static final Ladder NONE = new Ladder(new long[1], new double[1]);

  private final long[] rungs;
  private final double[] points;

  /**
   * @param rungs ascending by level for amounts and counts, descending for elapsed times; the one
   *     of level 0 is not used
   * @param points by level, ascending
   */
  Ladder(long[] rungs, double[] points) {
    this.rungs = rungs;
    this.points = points;
  }

  int levels() {
    return rungs.length;
  }

  /** Not to be written to. */
  long[] rungs() {
    return rungs;
  }

  /** Not to be written to. */
  double[] points() {
    return points;
  }

  /** The points for an amount or count. */
  double pointsFor(long amount) {
    int level = levels() - 1;
    while (level > 0 && amount < rungs[level]) {
      level--;
    }
    return points[level];
  }

  /** The same points with levels for these amounts, too, so that passing one is noticed. */
  Ladder withRungsAt(long[] amounts) {
    long[] all = new long[rungs.length + amounts.length];
    System.arraycopy(rungs, 0, all, 0, rungs.length);
    System.arraycopy(amounts, 0, all, rungs.length, amounts.length);
    long[] union = Arrays.stream(all).sorted().distinct().toArray();
    return new Ladder(union, Arrays.stream(union).mapToDouble(this::pointsFor).toArray());
  }
}
