package io.rekindle.prediction;

/**
 * Outcomes of a backtest by instant and score: everything that its figures need. A policy has one
 * probability for each score at an instant.
 */
final class ScoredOutcomes {

  private static final int SCORES = 101;

  /** Probabilities are not nearer to 0 and 1 than this where a logarithm is taken. */
  private static final double MARGIN = 1e-3;

  private static final int BINS = 10;
  private static final int MAX_STEPS = 100;

  private final double[][] probabilities;
  private final long[][] returns;
  private final long[][] others;

  /**
   * @param instants the number of instants
   */
  ScoredOutcomes(int instants) {
    probabilities = new double[instants][SCORES];
    returns = new long[instants][SCORES];
    others = new long[instants][SCORES];
  }

  /** Sets the probability of each score at an instant. */
  void predict(int instant, double[] byScore) {
    probabilities[instant] = byScore.clone();
  }

  void add(int instant, int score, boolean returned) {
    (returned ? returns : others)[instant][score]++;
  }

  /** The figures over all instants. */
  BacktestFigures figures(String name) {
    double auc = 0;
    double pairs = 0;
    double squares = 0;
    double logs = 0;
    double clients = 0;
    double[] binReturns = new double[BINS];
    double[] binClients = new double[BINS];
    double[] binSums = new double[BINS];
    for (int instant = 0; instant < probabilities.length; instant++) {
      double ordered = 0;
      double lower = 0;
      double allReturns = 0;
      for (int score = 0; score < SCORES; score++) {
        double p = probabilities[instant][score];
        double yes = returns[instant][score];
        double no = others[instant][score];
        ordered += yes * (lower + no / 2);
        lower += no;
        allReturns += yes;
        clients += yes + no;
        squares += yes * (1 - p) * (1 - p) + no * p * p;
        double inner = inner(p);
        logs -= yes * StrictMath.log(inner) + no * StrictMath.log(1 - inner);
        int bin = Math.min(BINS - 1, (int) (p * BINS));
        binReturns[bin] += yes;
        binClients[bin] += yes + no;
        binSums[bin] += (yes + no) * p;
      }
      auc += ordered;
      pairs += allReturns * lower;
    }
    double ece = 0;
    for (int bin = 0; bin < BINS; bin++) {
      ece += Math.abs(binSums[bin] - binReturns[bin]);
    }
    double[] calibration = calibration();
    return new BacktestFigures(
        name,
        (long) clients,
        auc / pairs,
        squares / clients,
        logs / clients,
        ece / clients,
        calibration[1],
        calibration[0]);
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
          double all = returns[instant][score] + others[instant][score];
          double p = Sigmoid.of(line[0] + line[1] * odds);
          double excess = returns[instant][score] - all * p;
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
