package io.rekindle.scoring.factor;

import java.util.Arrays;

/**
 * The points of a score by factor. Immutable: do not write to the array.
 *
 * @param points in the order of the factors
 */
// An array keeps the points of a score in one object, and equals compares its content.
@SuppressWarnings("ArrayRecordComponent")
public record Breakdown(double[] points) {

  private static final Factor[] FACTORS = Factor.values();

  /** No points for any factor. */
  public static final Breakdown NONE = new Breakdown(new double[FACTORS.length]);

  /**
   * Keeps the array itself. An array from a version with fewer factors gets zeros for the later
   * ones.
   *
   * @throws IllegalArgumentException if there are more numbers than factors
   */
  public Breakdown {
    if (points.length > FACTORS.length) {
      throw new IllegalArgumentException(
          points.length + " numbers for " + FACTORS.length + " factors");
    }
    if (points.length < FACTORS.length) {
      points = Arrays.copyOf(points, FACTORS.length);
    }
  }

  /** The present points of the cursors, which are in the order of the factors. */
  public static Breakdown of(TierCursor[] factors) {
    double[] points = new double[factors.length];
    for (int i = 0; i < points.length; i++) {
      points[i] = factors[i].points();
    }
    return new Breakdown(points);
  }

  /** Whether {@link #of(TierCursor[])} would give the same points. Creates no object. */
  public boolean isOf(TierCursor[] factors) {
    for (int i = 0; i < points.length; i++) {
      if (points[i] != factors[i].points()) {
        return false;
      }
    }
    return true;
  }

  /** The points of a factor. */
  public double points(Factor factor) {
    return points[factor.index()];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Breakdown breakdown && Arrays.equals(points, breakdown.points);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(points);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Factor factor : FACTORS) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(factor.key())
          .append(' ')
          .append(points(factor));
    }
    return text.toString();
  }
}
