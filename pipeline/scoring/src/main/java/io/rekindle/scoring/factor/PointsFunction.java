package io.rekindle.scoring.factor;

/** Points for a measure that does not change with time. */
interface PointsFunction {

  double points(double measured);

  /** Rises evenly from nothing to its maximum and stays there. */
  record Linear(double maximum, double fullAt) implements PointsFunction {
    @Override
    public double points(double measured) {
      return Math.min(maximum, maximum * (measured / fullAt));
    }
  }

  /** The points of a tier table; for whole numbers. */
  record Tiered(TierTable table) implements PointsFunction {
    @Override
    public double points(double measured) {
      return table.pointsFor((long) measured);
    }
  }
}
