package io.rekindle.prediction;

import java.util.Arrays;

/**
 * The search for the parameters above zero that maximize a likelihood with a weak prior: each
 * logarithm of a parameter is normal with standard deviation 1.5. Newton's method goes over the
 * logarithms, and {@link StrictMath} makes every machine take the same steps.
 */
final class PenalizedFit {

  private static final double PRIOR_PRECISION = 1 / (1.5 * 1.5);

  /** The largest gradient per client of a solution. */
  private static final double TOLERANCE = 1e-9;

  private static final int MAX_STEPS = 500;
  private static final int MAX_HALVINGS = 50;
  private static final double MAX_STEP = 2;

  private final double[] priorMean;
  private final int clients;
  private final Likelihood likelihood;

  /** The likelihood with its derivatives. */
  @FunctionalInterface
  interface Likelihood {

    /** Returns {@link #penalized} of the likelihood at the logarithms of its parameters. */
    Point at(double[] logs);
  }

  /** The penalized log-likelihood and its derivatives by the logarithms of the parameters. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Point(double[] logs, double value, double[] gradient, double[][] hessian) {

    double largestGradient() {
      return Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
    }
  }

  /**
   * Where a search ended.
   *
   * @param converged false if rounding hid the last steps
   */
  record Maximum(Point point, boolean converged) {}

  /**
   * @param priorMean the means of the logarithms, from which the search begins
   * @param clients how many have a part in the likelihood
   */
  PenalizedFit(double[] priorMean, int clients, Likelihood likelihood) {
    this.priorMean = priorMean.clone();
    this.clients = clients;
    this.likelihood = likelihood;
  }

  /**
   * Finds the maximum.
   *
   * @throws IllegalStateException if the search does not end
   */
  Maximum maximize() {
    Point point = likelihood.at(priorMean.clone());
    double tolerance = TOLERANCE * Math.max(1, clients);
    for (int step = 0; step < MAX_STEPS; step++) {
      Point next = improve(point);
      boolean converged = point.largestGradient() <= tolerance;
      // Goes on while it gets closer: where the data say little, the gradient is flat.
      if (next == null || (converged && next.largestGradient() >= point.largestGradient() / 2)) {
        return new Maximum(point, converged);
      }
      point = next;
    }
    throw new IllegalStateException(
        "The search does not end on these " + clients + " clients: " + gradient(point));
  }

  /** How far a point is from a maximum, for a message. */
  String gradient(Point point) {
    return "the gradient stays at "
        + point.largestGradient() / Math.max(1, clients)
        + " per client";
  }

  /** One step of Newton's method, towards the gradient as far as needed; null if none is better. */
  private Point improve(Point from) {
    double[] direction = direction(from);
    double length = Arrays.stream(direction).map(Math::abs).max().orElseThrow();
    double factor = length > MAX_STEP ? MAX_STEP / length : 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++) {
      double[] logs = from.logs().clone();
      for (int i = 0; i < logs.length; i++) {
        logs[i] += factor * direction[i];
      }
      Point to = likelihood.at(logs);
      // Near the top the values differ by less than their rounding, and the gradient decides.
      boolean rounding = Math.abs(to.value() - from.value()) <= 1e-11 * Math.abs(from.value());
      if (rounding ? to.largestGradient() < from.largestGradient() : to.value() > from.value()) {
        return to;
      }
      factor /= 2;
    }
    return null;
  }

  private static double[] direction(Point from) {
    int size = from.logs().length;
    double[][] negative = new double[size][size];
    double damping = 0;
    while (true) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          negative[i][j] = -from.hessian()[i][j] + (i == j ? damping : 0);
        }
      }
      double[] direction = Cholesky.solve(negative, from.gradient());
      if (direction != null) {
        return direction;
      }
      damping = damping == 0 ? 1e-3 : 4 * damping;
    }
  }

  /**
   * Turns derivatives by parameters into those by logarithms, and adds the prior.
   *
   * @param parameters the powers of e of {@code logs}
   * @param second the lower half of the second derivatives
   */
  Point penalized(
      double[] logs, double[] parameters, double value, double[] first, double[][] second) {
    double penalized = value;
    double[] gradient = new double[logs.length];
    double[][] hessian = new double[logs.length][logs.length];
    for (int i = 0; i < logs.length; i++) {
      double fromMean = logs[i] - priorMean[i];
      penalized -= PRIOR_PRECISION * fromMean * fromMean / 2;
      gradient[i] = parameters[i] * first[i] - PRIOR_PRECISION * fromMean;
      for (int j = 0; j <= i; j++) {
        hessian[i][j] = parameters[i] * parameters[j] * second[i][j];
        hessian[j][i] = hessian[i][j];
      }
      hessian[i][i] += parameters[i] * first[i] - PRIOR_PRECISION;
    }
    return new Point(logs, penalized, gradient, hessian);
  }
}
