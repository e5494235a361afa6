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

  /** The weight of p + q - 1 per client. */
  private static final double TAIL = 1e-5;

  private final RepeatSpend[] rows;
  private final double[] spend;
  private final double[] logSpend;
  private final PenalizedFit search;

  private SpendModelFit(List<RepeatSpend> clients, long meanOrderMinor) {
    rows =
        clients.stream().filter(client -> client.orders() > 0).sorted().toArray(RepeatSpend[]::new);
    spend = Arrays.stream(rows).mapToDouble(row -> (double) row.total() / meanOrderMinor).toArray();
    logSpend = Arrays.stream(spend).map(StrictMath::log).toArray();
    search = new PenalizedFit(PRIOR_MEAN, rows.length, this::at);
  }

  /**
   * Fits the model.
   *
   * @param clients clients without a repeat order tell nothing
   * @param meanOrderMinor the mean of all orders in hundredths, above zero
   * @throws IllegalStateException if the search does not end
   */
  static SpendModel fit(List<RepeatSpend> clients, long meanOrderMinor) {
    // Where all clients spend alike, p and q are so large that rounding hides the last steps.
    double[] logs = new SpendModelFit(clients, meanOrderMinor).search.maximize().point().logs();
    return new SpendModel(
        StrictMath.exp(logs[0]),
        1 + StrictMath.exp(logs[1]),
        StrictMath.exp(logs[2]) * meanOrderMinor / 100,
        meanOrderMinor);
  }

  private PenalizedFit.Point at(double[] logs) {
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
    return search.penalized(logs, new double[] {p, q - 1, gamma}, value, first, second);
  }
}
