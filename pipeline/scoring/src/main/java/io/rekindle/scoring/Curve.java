package io.rekindle.scoring;

/** Points for something that does not change while time passes. */
interface Curve {

  double points(double measured);

  /** Rises evenly from nothing to its maximum and stays there. */
  record Linear(double maximum, double fullAt) implements Curve {
    @Override
    public double points(double measured) {
      return Math.min(maximum, maximum * (measured / fullAt));
    }
  }

  /** Steps of a ladder; for whole numbers. */
  record Tiered(Ladder ladder) implements Curve {
    @Override
    public double points(double measured) {
      return ladder.pointsFor((long) measured);
    }
  }
}
