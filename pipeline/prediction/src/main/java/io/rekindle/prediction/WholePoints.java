package io.rekindle.prediction;

import java.util.Arrays;

/**
 * The whole points of each factor by level. Immutable.
 *
 * <p>Rounding: a factor's maximum is its share of 100 by largest remainder. Remainders are compared
 * at nine decimals, and the earlier factor wins a tie. The points of a level are 100 &middot; (its
 * sum) / (the sum of all), rounded half up, and at most the factor's maximum. The best level has
 * the maximum.
 */
final class WholePoints {

  private static final TieredFactor[] FACTORS = TieredFactor.values();
  private static final int MAX_SCORE = 100;
  private static final double REMAINDER_UNIT = 1e9;
  private static final double HALF = 0.5 + 1e-9;

  private final int[][] byLevel;

  private WholePoints(int[][] byLevel) {
    this.byLevel = byLevel;
  }

  /** The points of the template. */
  static WholePoints ofTemplate() {
    int[][] points = new int[FACTORS.length][];
    for (TieredFactor factor : FACTORS) {
      int[] levels = new int[factor.levels()];
      for (int level = 0; level < levels.length; level++) {
        for (int border = 0; border < factor.borders(); border++) {
          levels[level] += factor.passes(level, border) ? factor.increment(border) : 0;
        }
      }
      points[factor.index()] = levels;
    }
    return new WholePoints(points);
  }

  /**
   * Rounds weights of borders.
   *
   * @param weights of the borders of all factors, none below zero and not all zero
   */
  static WholePoints rounded(double[] weights) {
    double[] sums = new double[FACTORS.length];
    double all = 0;
    for (TieredFactor factor : FACTORS) {
      sums[factor.index()] = sum(factor, weights, factor.borders());
      all += sums[factor.index()];
    }
    int[] maxima = maxima(sums, all);
    int[][] points = new int[FACTORS.length][];
    for (TieredFactor factor : FACTORS) {
      int maximum = maxima[factor.index()];
      int[] levels = new int[factor.levels()];
      for (int level = 0; level < levels.length; level++) {
        double share = MAX_SCORE * sum(factor, weights, level) / all;
        levels[level] = Math.min(maximum, (int) Math.floor(share + HALF));
      }
      levels[factor.borders()] = maximum;
      points[factor.index()] = levels;
    }
    return new WholePoints(points);
  }

  private static double sum(TieredFactor factor, double[] weights, int level) {
    double sum = 0;
    for (int border = 0; border < factor.borders(); border++) {
      if (factor.passes(level, border)) {
        sum += weights[factor.offset() + border];
      }
    }
    return sum;
  }

  private static int[] maxima(double[] sums, double all) {
    int[] maxima = new int[sums.length];
    long[] remainders = new long[sums.length];
    int left = MAX_SCORE;
    for (int i = 0; i < sums.length; i++) {
      double share = MAX_SCORE * sums[i] / all;
      maxima[i] = (int) Math.floor(share);
      remainders[i] = Math.round((share - maxima[i]) * REMAINDER_UNIT);
      left -= maxima[i];
    }
    for (; left > 0; left--) {
      int largest = 0;
      for (int i = 1; i < remainders.length; i++) {
        if (remainders[i] > remainders[largest]) {
          largest = i;
        }
      }
      maxima[largest]++;
      remainders[largest] = -1;
    }
    return maxima;
  }

  /** The points of a factor at a level. */
  int points(TieredFactor factor, int level) {
    return byLevel[factor.index()][level];
  }

  /** The score of a cell. */
  int score(int cell) {
    int[] levels = TierCell.levels(cell);
    int score = 0;
    for (int i = 0; i < levels.length; i++) {
      score += byLevel[i][levels[i]];
    }
    return score;
  }

  /** The scores of all cells. */
  int[] scores() {
    int[] scores = new int[TierCell.CELLS];
    Arrays.setAll(scores, this::score);
    return scores;
  }
}
