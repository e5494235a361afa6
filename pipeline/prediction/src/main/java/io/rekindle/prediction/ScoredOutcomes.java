package io.rekindle.prediction;

import io.rekindle.prediction.PolicyBacktest.Bin;
import io.rekindle.prediction.PolicyBacktest.Decile;
import io.rekindle.prediction.PolicyBacktest.Month;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Outcomes by instant and score, and what a policy had predicted. A policy has one probability for
 * each score at an instant.
 */
final class ScoredOutcomes {

  private static final int SCORES = OutcomeCounts.SCORES;

  /** Probabilities are not nearer to 0 and 1 than this where a logarithm is taken. */
  private static final double MARGIN = 1e-3;

  private static final int BINS = 10;
  private static final int DECILES = 10;
  private static final int MAX_STEPS = 100;

  /** The normal quantile of 97.5 %. */
  private static final double Z = 1.959963984540054;

  private final double[][] probabilities;
  private final long[] outcomes;

  /**
   * @param probabilities by instant and score
   * @param outcomes by {@link OutcomeCounts#place}
   */
  ScoredOutcomes(double[][] probabilities, long[] outcomes) {
    this.probabilities = probabilities;
    this.outcomes = outcomes;
  }

  /** The outcomes by {@link OutcomeCounts#place}; do not write to them. */
  long[] sums() {
    return outcomes;
  }

  private long returns(int instant, int score) {
    return outcomes[OutcomeCounts.place(instant, score, true)];
  }

  private long others(int instant, int score) {
    return outcomes[OutcomeCounts.place(instant, score, false)];
  }

  /** The three figures whose differences are compared; NaN where outcomes do not say it. */
  record Summary(double auc, double brier, double logLoss) {}

  /** The figures over all instants. */
  Summary summary() {
    double auc = 0;
    double pairs = 0;
    double squares = 0;
    double logs = 0;
    double clients = 0;
    for (int instant = 0; instant < probabilities.length; instant++) {
      double lower = 0;
      double allReturns = 0;
      for (int score = 0; score < SCORES; score++) {
        double yes = returns(instant, score);
        double no = others(instant, score);
        if (yes + no == 0) {
          continue;
        }
        double p = probabilities[instant][score];
        auc += yes * (lower + no / 2);
        lower += no;
        allReturns += yes;
        clients += yes + no;
        squares += yes * (1 - p) * (1 - p) + no * p * p;
        double inner = inner(p);
        logs -= yes * StrictMath.log(inner) + no * StrictMath.log(1 - inner);
      }
      pairs += allReturns * lower;
    }
    return new Summary(auc / pairs, squares / clients, logs / clients);
  }

  /** All figures over all instants. */
  BacktestFigures figures() {
    Summary summary = summary();
    double[] gaps = new double[BINS];
    long returns = 0;
    long clients = 0;
    for (int instant = 0; instant < probabilities.length; instant++) {
      for (int score = 0; score < SCORES; score++) {
        double p = probabilities[instant][score];
        long yes = returns(instant, score);
        long no = others(instant, score);
        gaps[bin(p)] += (yes + no) * p - yes;
        returns += yes;
        clients += yes + no;
      }
    }
    double ece = Arrays.stream(gaps).map(Math::abs).sum() / clients;
    double[] calibration = calibration();
    return new BacktestFigures(
        clients,
        returns,
        known(summary.auc()),
        known(summary.brier()),
        known(summary.logLoss()),
        known(ece),
        known(calibration[1]),
        known(calibration[0]));
  }

  /** Null for a number that is none. */
  static Double known(double number) {
    return Double.isFinite(number) ? Double.valueOf(number) : null;
  }

  private static int bin(double p) {
    return Math.min(BINS - 1, (int) (p * BINS));
  }

  /** Clients by ranges of probability, ascending. */
  List<Bin> bins() {
    long[] returns = new long[BINS];
    long[] clients = new long[BINS];
    double[] sums = new double[BINS];
    for (int instant = 0; instant < probabilities.length; instant++) {
      for (int score = 0; score < SCORES; score++) {
        double p = probabilities[instant][score];
        long all = returns(instant, score) + others(instant, score);
        returns[bin(p)] += returns(instant, score);
        clients[bin(p)] += all;
        sums[bin(p)] += all * p;
      }
    }
    List<Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      if (clients[bin] > 0) {
        bins.add(wilson((double) bin / BINS, clients[bin], returns[bin], sums[bin] / clients[bin]));
      }
    }
    return bins;
  }

  /**
   * A rate with its interval. Wilson: <i>Probable inference, the law of succession, and statistical
   * inference</i>, Journal of the American Statistical Association 22 (1927).
   */
  static Bin wilson(double from, long clients, long returns, double predicted) {
    double rate = (double) returns / clients;
    double z2 = Z * Z / clients;
    double middle = (rate + z2 / 2) / (1 + z2);
    double half = Z * StrictMath.sqrt((rate * (1 - rate) + z2 / 4) / clients) / (1 + z2);
    return new Bin(
        from, clients, predicted, rate, Math.max(0, middle - half), Math.min(1, middle + half));
  }

  /** Clients by tenths; those of one probability may belong to two tenths, by shares. */
  List<Decile> deciles() {
    List<int[]> cells = new ArrayList<>();
    double clients = 0;
    double allReturns = 0;
    for (int instant = 0; instant < probabilities.length; instant++) {
      for (int score = 0; score < SCORES; score++) {
        long all = returns(instant, score) + others(instant, score);
        if (all > 0) {
          cells.add(new int[] {instant, score});
          clients += all;
          allReturns += returns(instant, score);
        }
      }
    }
    cells.sort(Comparator.comparingDouble(cell -> -probabilities[cell[0]][cell[1]]));
    double size = clients / DECILES;
    double rate = allReturns / clients;
    double[] predicted = new double[DECILES];
    double[] happened = new double[DECILES];
    int decile = 0;
    double room = size;
    for (int i = 0; i < cells.size(); ) {
      // Clients of one probability are alike, whatever their instant.
      double p = probabilities[cells.get(i)[0]][cells.get(i)[1]];
      double all = 0;
      double yes = 0;
      for (; i < cells.size() && probabilities[cells.get(i)[0]][cells.get(i)[1]] == p; i++) {
        yes += returns(cells.get(i)[0], cells.get(i)[1]);
        all += returns(cells.get(i)[0], cells.get(i)[1]) + others(cells.get(i)[0], cells.get(i)[1]);
      }
      double left = all;
      while (left > 0) {
        double taken = decile == DECILES - 1 ? left : Math.min(left, room);
        predicted[decile] += taken * p;
        happened[decile] += taken * yes / all;
        left -= taken;
        room -= taken;
        if (room <= 0 && decile < DECILES - 1) {
          decile++;
          room = size;
        }
      }
    }
    List<Decile> deciles = new ArrayList<>();
    for (int i = 0; i < DECILES; i++) {
      deciles.add(
          new Decile(
              i + 1, predicted[i] / size, happened[i] / size, known(happened[i] / size / rate)));
    }
    return deciles;
  }

  /**
   * Expected and happened returns by month.
   *
   * @param instants epoch milliseconds, ascending
   */
  List<Month> months(List<Long> instants) {
    Map<YearMonth, double[]> byMonth = new TreeMap<>();
    for (int instant = 0; instant < probabilities.length; instant++) {
      YearMonth month =
          YearMonth.from(Instant.ofEpochMilli(instants.get(instant)).atOffset(ZoneOffset.UTC));
      double[] sums = byMonth.computeIfAbsent(month, any -> new double[3]);
      for (int score = 0; score < SCORES; score++) {
        long all = returns(instant, score) + others(instant, score);
        sums[0] += all;
        sums[1] += all * probabilities[instant][score];
        sums[2] += returns(instant, score);
      }
    }
    return byMonth.entrySet().stream()
        .map(
            month ->
                new Month(
                    month.getKey().toString(),
                    (long) month.getValue()[0],
                    month.getValue()[1],
                    (long) month.getValue()[2]))
        .toList();
  }

  /** Intercept and slope of the logistic regression of outcomes on the log-odds predicted. */
  private double[] calibration() {
    double[] line = {0, 1};
    for (int step = 0; step < MAX_STEPS; step++) {
      double[][] hessian = new double[2][2];
      double[] gradient = new double[2];
      for (int instant = 0; instant < probabilities.length; instant++) {
        for (int score = 0; score < SCORES; score++) {
          double inner = inner(probabilities[instant][score]);
          double odds = StrictMath.log(inner / (1 - inner));
          double all = returns(instant, score) + others(instant, score);
          double p = Sigmoid.of(line[0] + line[1] * odds);
          double excess = returns(instant, score) - all * p;
          double curvature = all * p * (1 - p);
          gradient[0] += excess;
          gradient[1] += excess * odds;
          hessian[0][0] += curvature;
          hessian[1][0] += curvature * odds;
          hessian[1][1] += curvature * odds * odds;
        }
      }
      double[] change = Cholesky.solve(hessian, gradient);
      if (change == null) {
        return new double[] {Double.NaN, Double.NaN};
      }
      line[0] += change[0];
      line[1] += change[1];
      if (Math.abs(change[0]) + Math.abs(change[1]) < 1e-10) {
        break;
      }
    }
    return line;
  }

  private static double inner(double p) {
    return Math.max(MARGIN, Math.min(1 - MARGIN, p));
  }
}
