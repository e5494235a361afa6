package io.rekindle.prediction;

import java.util.Arrays;
import java.util.List;

/**
 * Fits {@link BuyerModel} by maximum likelihood with a weak prior: each logarithm of a parameter is
 * normal around that of r = 1, alpha = 10, a = 1, b = 2, with standard deviation 1.5.
 *
 * <p>The likelihood of a client with x repeats, the last at t, of age T:
 *
 * <pre>
 * ln L = ln&Gamma;(r+x) - ln&Gamma;(r) + r ln alpha + ln(e^A1 + e^A2)
 * A1 = lnB(a, b+x+1) - lnB(a, b) - (r+x) ln(alpha+T)
 * A2 = lnB(a+1, b+x) - lnB(a, b) - (r+x) ln(alpha+t)
 * </pre>
 *
 * <p>As x is whole, each difference of log-gammas is a sum of logarithms, for instance
 * ln&Gamma;(r+x) - ln&Gamma;(r) = ln r + ... + ln(r+x-1). So the likelihood, its gradient and its
 * Hessian are exact, and Newton's method converges in a few steps. Sums are over sorted clients, so
 * that their sequence does not matter.
 */
final class BuyerModelFit {

  private static final int PARAMETERS = 4;
  private static final double[] PRIOR_MEAN = {0, StrictMath.log(10), 0, StrictMath.log(2)};

  // Clients with the same record are one row.
  private final BuyingRecord[] rows;
  private final int[] counts;
  private final int clients;
  private final int mostRepeats;
  private final PenalizedFit search;

  // The sums over i below x, by x: of the logarithms, first and second powers of 1 / (p + i).
  private final double[][] rising = new double[3][];
  private final double[][] risingFirst = new double[3][];
  private final double[][] risingSecond = new double[3][];

  private BuyerModelFit(List<BuyingRecord> records) {
    BuyingRecord[] sorted = records.toArray(BuyingRecord[]::new);
    Arrays.sort(sorted);
    int distinct = 0;
    counts = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || !sorted[i].equals(sorted[i - 1])) {
        sorted[distinct++] = sorted[i];
      }
      counts[distinct - 1]++;
    }
    rows = Arrays.copyOf(sorted, distinct);
    clients = sorted.length;
    mostRepeats = sorted[sorted.length - 1].repeats();
    search = new PenalizedFit(PRIOR_MEAN, clients, this::at);
    for (int i = 0; i < rising.length; i++) {
      rising[i] = new double[mostRepeats + 2];
      risingFirst[i] = new double[mostRepeats + 2];
      risingSecond[i] = new double[mostRepeats + 2];
    }
  }

  /**
   * Fits the model.
   *
   * @param records at least one
   * @throws IllegalStateException if the search does not converge
   */
  static BuyerModel fit(List<BuyingRecord> records) {
    return new BuyerModelFit(records).maximize();
  }

  private BuyerModel maximize() {
    PenalizedFit.Maximum maximum = search.maximize();
    if (!maximum.converged()) {
      throw new IllegalStateException(
          "MBG/NBD does not converge on these "
              + clients
              + " clients: "
              + search.gradient(maximum.point()));
    }
    double[] logs = maximum.point().logs();
    return new BuyerModel(
        StrictMath.exp(logs[0]),
        StrictMath.exp(logs[1]),
        StrictMath.exp(logs[2]),
        StrictMath.exp(logs[3]));
  }

  private PenalizedFit.Point at(double[] logs) {
    double[] parameters = Arrays.stream(logs).map(StrictMath::exp).toArray();
    double r = parameters[0];
    double alpha = parameters[1];
    double a = parameters[2];
    double b = parameters[3];
    rise(0, r);
    rise(1, b);
    rise(2, a + b);
    double value = 0;
    double[] first = new double[PARAMETERS];
    double[][] second = new double[PARAMETERS][PARAMETERS];
    double logAlpha = logs[1];
    double[] stayGradient = new double[PARAMETERS];
    double[] leaveGradient = new double[PARAMETERS];
    for (int row = 0; row < rows.length; row++) {
      final double count = counts[row];
      final int x = rows[row].repeats();
      final double shape = r + x;
      final double whole = alpha + rows[row].age();
      final double active = alpha + rows[row].lastAt();
      final double logWhole = StrictMath.log(whole);
      final double logActive = StrictMath.log(active);
      // Both terms without what they have in common.
      final double staying = StrictMath.log(b + x) - shape * logWhole;
      final double leaving = logs[2] - shape * logActive;
      final double larger = Math.max(staying, leaving);
      final double ratio = StrictMath.exp(Math.min(staying, leaving) - larger);
      final double stays = staying >= leaving ? 1 / (1 + ratio) : ratio / (1 + ratio);
      final double leaves = 1 - stays;
      value +=
          count
              * (rising[0][x]
                  + r * logAlpha
                  + rising[1][x]
                  - rising[2][x + 1]
                  + larger
                  + StrictMath.log1p(ratio));

      stayGradient[0] = -logWhole;
      stayGradient[1] = -shape / whole;
      stayGradient[2] = 0;
      stayGradient[3] = 1 / (b + x);
      leaveGradient[0] = -logActive;
      leaveGradient[1] = -shape / active;
      leaveGradient[2] = 1 / a;
      leaveGradient[3] = 0;
      first[0] += count * (risingFirst[0][x] + logAlpha);
      first[1] += count * r / alpha;
      first[2] -= count * risingFirst[2][x + 1];
      first[3] += count * (risingFirst[1][x] - risingFirst[2][x + 1]);
      second[0][0] -= count * risingSecond[0][x];
      second[1][0] += count * (1 / alpha - stays / whole - leaves / active);
      second[1][1] +=
          count
              * (stays * shape / (whole * whole)
                  + leaves * shape / (active * active)
                  - r / (alpha * alpha));
      second[2][2] += count * (risingSecond[2][x + 1] - leaves / (a * a));
      second[3][2] += count * risingSecond[2][x + 1];
      second[3][3] +=
          count * (risingSecond[2][x + 1] - risingSecond[1][x] - stays / ((b + x) * (b + x)));
      for (int i = 0; i < PARAMETERS; i++) {
        first[i] += count * (stays * stayGradient[i] + leaves * leaveGradient[i]);
        for (int j = 0; j <= i; j++) {
          second[i][j] +=
              count
                  * stays
                  * leaves
                  * (stayGradient[i] - leaveGradient[i])
                  * (stayGradient[j] - leaveGradient[j]);
        }
      }
    }
    return search.penalized(logs, parameters, value, first, second);
  }

  private void rise(int table, double start) {
    double[] logs = rising[table];
    double[] inverses = risingFirst[table];
    double[] squares = risingSecond[table];
    for (int i = 0; i <= mostRepeats; i++) {
      double inverse = 1 / (start + i);
      logs[i + 1] = logs[i] + StrictMath.log(start + i);
      inverses[i + 1] = inverses[i] + inverse;
      squares[i + 1] = squares[i] + inverse * inverse;
    }
  }
}
