package io.rekindle.prediction;

import io.rekindle.scoring.policy.SpendModel;
import java.util.Arrays;
import java.util.List;

/**
 * Fits the Gamma-Gamma model of {@link SpendModel} by maximum likelihood with a weak prior, as
 * {@link BuyerModelFit}: the logarithms of p, q - 1 and gamma are normal around those of 5, 3 and
 * 0.6, with standard deviation 1.5. The likelihood of each client also has a factor whose logarithm
 * is -(p + q - 1) / 100,000. It keeps the parameters finite where all clients spend alike, and
 * changes next to nothing elsewhere. In this model q is above 1, since there is no mean otherwise.
 *
 * <p>The likelihood of a client with x repeat orders that sum to s, without what does not depend on
 * the parameters:
 *
 * <pre>
 * ln L = ln&Gamma;(px+q) - ln&Gamma;(px) - ln&Gamma;(q) + q ln gamma + px ln s - (px+q) ln(gamma+s)
 * </pre>
 *
 * <p>Amounts are multiples of the shop's mean order, so that scaling all amounts scales gamma and
 * nothing else. Sums are over sorted clients, so that their sequence does not matter, and use
 * {@link StrictMath}.
 */
final class SpendModelFit {

  private static final int PARAMETERS = 3;
  private static final double[] PRIOR_MEAN = {
    StrictMath.log(5), StrictMath.log(3), StrictMath.log(0.6)
  };
  private static final double PRIOR_PRECISION = 1 / (1.5 * 1.5);

  /** The weight of p + q - 1 per client. */
  private static final double TAIL = 1e-5;

  /** The largest gradient per client of a solution. */
  private static final double TOLERANCE = 1e-9;

  private static final int MAX_STEPS = 500;
  private static final int MAX_HALVINGS = 50;
  private static final double MAX_STEP = 2;

  private final RepeatSpend[] rows;
  private final double[] spend;
  private final double[] logSpend;

  private SpendModelFit(List<RepeatSpend> clients, long meanOrderMinor) {
    rows =
        clients.stream().filter(client -> client.orders() > 0).sorted().toArray(RepeatSpend[]::new);
    spend = Arrays.stream(rows).mapToDouble(row -> (double) row.total() / meanOrderMinor).toArray();
    logSpend = Arrays.stream(spend).map(StrictMath::log).toArray();
  }

  /**
   * Fits the model.
   *
   * @param clients clients without a repeat order tell nothing
   * @param meanOrderMinor the mean of all orders in hundredths, above zero
   * @throws IllegalStateException if the search does not converge
   */
  static SpendModel fit(List<RepeatSpend> clients, long meanOrderMinor) {
    double[] logs = new SpendModelFit(clients, meanOrderMinor).maximize().logs();
    return new SpendModel(
        StrictMath.exp(logs[0]),
        1 + StrictMath.exp(logs[1]),
        StrictMath.exp(logs[2]) * meanOrderMinor / 100,
        meanOrderMinor);
  }

  /** The penalized log-likelihood and its derivatives by ln p, ln(q - 1) and ln gamma. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Point(double[] logs, double value, double[] gradient, double[][] hessian) {

    double largestGradient() {
      return Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
    }
  }

  private Point maximize() {
    Point point = at(PRIOR_MEAN.clone());
    double tolerance = TOLERANCE * Math.max(1, rows.length);
    for (int step = 0; step < MAX_STEPS; step++) {
      Point next = improve(point);
      // Where all clients spend alike, p and q are so large that rounding hides the last steps.
      if (next == null) {
        return point;
      }
      boolean converged = point.largestGradient() <= tolerance;
      // Goes on while it gets closer: where the data say little, the gradient is flat.
      if (converged && next.largestGradient() >= point.largestGradient() / 2) {
        return point;
      }
      point = next;
    }
    throw new IllegalStateException(
        "Gamma-Gamma does not converge on these "
            + rows.length
            + " clients: the gradient stays at "
            + point.largestGradient() / Math.max(1, rows.length)
            + " per client");
  }

  /** One step of Newton's method, towards the gradient as far as needed; null if none is better. */
  private Point improve(Point from) {
    double[] direction = direction(from);
    double length = Arrays.stream(direction).map(Math::abs).max().orElseThrow();
    double factor = length > MAX_STEP ? MAX_STEP / length : 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++) {
      double[] logs = from.logs().clone();
      for (int i = 0; i < PARAMETERS; i++) {
        logs[i] += factor * direction[i];
      }
      Point to = at(logs);
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
    double[][] negative = new double[PARAMETERS][PARAMETERS];
    double damping = 0;
    while (true) {
      for (int i = 0; i < PARAMETERS; i++) {
        for (int j = 0; j < PARAMETERS; j++) {
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

  private Point at(double[] logs) {
    final double p = StrictMath.exp(logs[0]);
    final double q = 1 + StrictMath.exp(logs[1]);
    final double gamma = StrictMath.exp(logs[2]);
    final GammaFunctions ofQ = GammaFunctions.of(q);
    GammaFunctions ofOrders = null;
    GammaFunctions ofBoth = null;
    double value = 0;
    double[] first = new double[PARAMETERS];
    double[][] second = new double[PARAMETERS][PARAMETERS];
    for (int row = 0; row < rows.length; row++) {
      final int x = rows[row].orders();
      if (row == 0 || x != rows[row - 1].orders()) {
        ofOrders = GammaFunctions.of(p * x);
        ofBoth = GammaFunctions.of(p * x + q);
      }
      final double sum = gamma + spend[row];
      final double logSum = StrictMath.log(sum);
      value +=
          ofBoth.logGamma()
              - ofOrders.logGamma()
              - ofQ.logGamma()
              + q * logs[2]
              + p * x * logSpend[row]
              - (p * x + q) * logSum
              - TAIL * (p + q - 1);
      first[0] += x * (ofBoth.digamma() - ofOrders.digamma() + logSpend[row] - logSum) - TAIL;
      first[1] += ofBoth.digamma() - ofQ.digamma() + logs[2] - logSum - TAIL;
      first[2] += q / gamma - (p * x + q) / sum;
      second[0][0] += (double) x * x * (ofBoth.trigamma() - ofOrders.trigamma());
      second[1][0] += x * ofBoth.trigamma();
      second[1][1] += ofBoth.trigamma() - ofQ.trigamma();
      second[2][0] -= x / sum;
      second[2][1] += 1 / gamma - 1 / sum;
      second[2][2] += (p * x + q) / (sum * sum) - q / (gamma * gamma);
    }
    return penalized(logs, new double[] {p, q - 1, gamma}, value, first, second);
  }

  /** Turns derivatives by parameters into those by logarithms, and adds the prior. */
  private static Point penalized(
      double[] logs, double[] parameters, double likelihood, double[] first, double[][] second) {
    double value = likelihood;
    double[] gradient = new double[PARAMETERS];
    double[][] hessian = new double[PARAMETERS][PARAMETERS];
    for (int i = 0; i < PARAMETERS; i++) {
      double fromMean = logs[i] - PRIOR_MEAN[i];
      value -= PRIOR_PRECISION * fromMean * fromMean / 2;
      gradient[i] = parameters[i] * first[i] - PRIOR_PRECISION * fromMean;
      for (int j = 0; j <= i; j++) {
        hessian[i][j] = parameters[i] * parameters[j] * second[i][j];
        hessian[j][i] = hessian[i][j];
      }
      hessian[i][i] += parameters[i] * first[i] - PRIOR_PRECISION;
    }
    return new Point(logs, value, gradient, hessian);
  }
}
