package io.rekindle.prediction;

/**
 * The logistic regression of weighted outcomes on one number: the probability of a return is 1 / (1
 * + e<sup>&minus;(intercept + slope &middot; score)</sup>). The slope is not below zero, so that a
 * higher score never has a lower probability.
 *
 * @param intercept the log-odds at a score of 0
 * @param slope the log-odds that each point adds
 */
record LogisticLine(double intercept, double slope) {

  /** The rounding of a sum, as a part of it. */
  private static final double ROUNDING = 1e-11;

  /** A step so short that the solution is reached; a point of score is worth about 0.05. */
  private static final double CLOSE = 1e-13;

  private static final double CLOSE_SLOPE = 0.05;
  private static final int MAX_STEPS = 100;
  private static final int MAX_HALVINGS = 60;

  /**
   * Fits the line by maximum likelihood.
   *
   * @param scores of the cells
   * @param cells with weights above zero
   */
  static LogisticLine fit(double[] scores, CellTotals cells) {
    double returns = cells.totalReturns();
    double level = StrictMath.log(returns / (cells.totalWeight() - returns));
    LogisticLine line = new LogisticLine(level, 0);
    double loss = line.loss(scores, cells);
    for (int step = 0; step < MAX_STEPS; step++) {
      double[] change = line.newtonStep(scores, cells);
      if (change == null) {
        break;
      }
      LogisticLine next = null;
      double laterLoss = loss;
      double factor = 1;
      for (int halving = 0; halving < MAX_HALVINGS; halving++) {
        next =
            new LogisticLine(line.intercept + factor * change[0], line.slope + factor * change[1]);
        laterLoss = next.loss(scores, cells);
        if (laterLoss <= loss + ROUNDING * Math.abs(loss)) {
          break;
        }
        factor /= 2;
      }
      boolean last =
          Math.abs(change[0]) <= CLOSE * (1 + Math.abs(line.intercept))
              && Math.abs(change[1]) <= CLOSE * CLOSE_SLOPE;
      line = next;
      loss = laterLoss;
      if (last) {
        break;
      }
    }
    return line.slope >= 0 ? line : new LogisticLine(level, 0);
  }

  /** The probability at a score. */
  double probability(double score) {
    return Sigmoid.of(intercept + slope * score);
  }

  private double loss(double[] scores, CellTotals cells) {
    double loss = 0;
    for (int i = 0; i < scores.length; i++) {
      double odds = intercept + slope * scores[i];
      loss += cells.weight(i) * Sigmoid.softplus(odds) - cells.returns(i) * odds;
    }
    return loss;
  }

  private double[] newtonStep(double[] scores, CellTotals cells) {
    double[][] hessian = new double[2][2];
    double[] step = new double[2];
    for (int i = 0; i < scores.length; i++) {
      double p = probability(scores[i]);
      double excess = cells.returns(i) - cells.weight(i) * p;
      double curvature = cells.weight(i) * p * (1 - p);
      step[0] += excess;
      step[1] += excess * scores[i];
      hessian[0][0] += curvature;
      hessian[1][0] += curvature * scores[i];
      hessian[1][1] += curvature * scores[i] * scores[i];
    }
    return Cholesky.solve(hessian, step);
  }
}
