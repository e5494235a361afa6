package io.rekindle.prediction;

import java.util.Arrays;

/**
 * The weight of each border in log-odds. They minimize
 *
 * <pre>
 * sum over cells of [n ln(1 + e^h) - y h]  +  10 sum over borders of (weight - b0 d)^2,
 * h = intercept + the weights of the borders on whose good side the cell is, no weight below zero,
 * </pre>
 *
 * where n and y are the cell's weight and returns, d the points that the border adds in the
 * template, and b0 the log-odds of a template's point. So the template is the prior, and the data
 * move each border as far as they speak. The problem is strictly convex and has one solution.
 *
 * @param intercept the log-odds without any border
 * @param weights by border, none below zero
 * @param residual how far the conditions of a minimum are missed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record BorderWeights(double intercept, double[] weights, double residual) {

  /** What a prior difference of one costs. */
  private static final double PENALTY = 10;

  /** The largest residual of a solution. */
  private static final double TOLERANCE = 1e-7;

  /** The rounding of a value, as a part of it. */
  private static final double ROUNDING = 1e-11;

  private static final int MAX_STEPS = 500;
  private static final int MAX_HALVINGS = 60;

  /**
   * Finds the weights by Newton's method, in which weights at zero that would fall stay there.
   *
   * @param prior the log-odds of a template's point, not below zero
   * @throws IllegalStateException if the search does not converge
   */
  static BorderWeights fit(CellTotals cells, double prior) {
    return new Search(cells, prior).minimize();
  }

  private static final class Search {

    private static final int SIZE = TieredFactor.BORDERS + 1;

    private final CellTotals cells;

    // Columns of each cell: 0 for the intercept, then its borders from 1 on.
    private final int[][] columns;
    private final double[] target = new double[SIZE];

    private double[] parameters = new double[SIZE];
    private double value;
    private final double[] gradient = new double[SIZE];
    private final double[][] hessian = new double[SIZE][SIZE];

    Search(CellTotals cells, double prior) {
      this.cells = cells;
      columns = new int[cells.size()][];
      for (int i = 0; i < columns.length; i++) {
        int[] passed = TierCell.passedBorders(cells.cell(i));
        columns[i] = new int[passed.length + 1];
        for (int j = 0; j < passed.length; j++) {
          columns[i][j + 1] = passed[j] + 1;
        }
      }
      for (TieredFactor factor : TieredFactor.values()) {
        for (int border = 0; border < factor.borders(); border++) {
          target[factor.offset() + border + 1] = prior * factor.increment(border);
        }
      }
      parameters = target.clone();
      double returns = cells.totalReturns();
      parameters[0] = StrictMath.log(returns / (cells.totalWeight() - returns));
    }

    BorderWeights minimize() {
      derive();
      double residual = residual();
      for (int step = 0; step < MAX_STEPS; step++) {
        double before = residual;
        boolean improved = improve();
        residual = residual();
        // Goes on below the tolerance while it gets closer.
        if (!improved || (before <= TOLERANCE && residual >= before / 2)) {
          break;
        }
      }
      // The rounding of large sums is all that can be left.
      if (residual > Math.max(TOLERANCE, 1e-12 * cells.totalWeight())) {
        throw new IllegalStateException(
            "The points do not converge: the residual stays at " + residual);
      }
      return new BorderWeights(parameters[0], Arrays.copyOfRange(parameters, 1, SIZE), residual);
    }

    private double odds(double[] at, int cell) {
      double odds = 0;
      for (int column : columns[cell]) {
        odds += at[column];
      }
      return odds;
    }

    private double value(double[] at) {
      double sum = 0;
      for (int i = 0; i < columns.length; i++) {
        double odds = odds(at, i);
        sum += cells.weight(i) * Sigmoid.softplus(odds) - cells.returns(i) * odds;
      }
      for (int j = 1; j < SIZE; j++) {
        double difference = at[j] - target[j];
        sum += PENALTY * difference * difference;
      }
      return sum;
    }

    private void derive() {
      value = value(parameters);
      Arrays.fill(gradient, 0);
      for (double[] row : hessian) {
        Arrays.fill(row, 0);
      }
      for (int i = 0; i < columns.length; i++) {
        double p = Sigmoid.of(odds(parameters, i));
        double excess = cells.weight(i) * p - cells.returns(i);
        double curvature = cells.weight(i) * p * (1 - p);
        int[] passed = columns[i];
        for (int j = 0; j < passed.length; j++) {
          gradient[passed[j]] += excess;
          double[] row = hessian[passed[j]];
          // Columns ascend, so only the lower half is filled.
          for (int k = 0; k <= j; k++) {
            row[passed[k]] += curvature;
          }
        }
      }
      for (int j = 1; j < SIZE; j++) {
        gradient[j] += 2 * PENALTY * (parameters[j] - target[j]);
        hessian[j][j] += 2 * PENALTY;
      }
    }

    /** A weight at zero that would fall. */
    private boolean held(int j) {
      return j > 0 && parameters[j] <= 0 && gradient[j] >= 0;
    }

    private double residual() {
      double largest = 0;
      for (int j = 0; j < SIZE; j++) {
        largest = held(j) ? largest : Math.max(largest, Math.abs(gradient[j]));
      }
      return largest;
    }

    private boolean improve() {
      int[] free = new int[SIZE];
      int size = 0;
      for (int j = 0; j < SIZE; j++) {
        if (!held(j)) {
          free[size++] = j;
        }
      }
      double[][] matrix = new double[size][size];
      double[] right = new double[size];
      for (int j = 0; j < size; j++) {
        right[j] = -gradient[free[j]];
        for (int k = 0; k <= j; k++) {
          matrix[j][k] = hessian[free[j]][free[k]];
        }
      }
      double[] step = Cholesky.solve(matrix, right);
      if (step == null) {
        return false;
      }
      return shorten(free, size, step, true) || shorten(free, size, step, false);
    }

    /**
     * Goes along a step until the value falls.
     *
     * @param bent whether a weight that reaches zero stays there while the others go on; else the
     *     whole step ends there
     */
    private boolean shorten(int[] free, int size, double[] step, boolean bent) {
      double factor = bent ? 1 : untilFirstZero(free, size, step);
      for (int halving = 0; halving < MAX_HALVINGS; halving++) {
        double[] to = parameters.clone();
        for (int j = 0; j < size; j++) {
          double moved = parameters[free[j]] + factor * step[j];
          to[free[j]] = free[j] == 0 ? moved : Math.max(0, moved);
        }
        if (accept(to)) {
          return true;
        }
        factor /= 2;
      }
      return false;
    }

    /** Goes there if it is better. Otherwise everything is as before. */
    private boolean accept(double[] to) {
      double difference = value(to) - value;
      if (Math.abs(difference) > ROUNDING * Math.abs(value)) {
        if (difference < 0) {
          parameters = to;
          derive();
        }
        return difference < 0;
      }
      // Near the minimum the values differ by less than their rounding, and the gradient decides.
      double[] before = parameters;
      double residual = residual();
      parameters = to;
      derive();
      if (residual() < residual) {
        return true;
      }
      parameters = before;
      derive();
      return false;
    }

    private double untilFirstZero(int[] free, int size, double[] step) {
      double factor = 1;
      for (int j = 0; j < size; j++) {
        if (free[j] > 0 && step[j] < 0 && parameters[free[j]] > 0) {
          factor = Math.min(factor, -parameters[free[j]] / step[j]);
        }
      }
      return factor;
    }
  }
}
