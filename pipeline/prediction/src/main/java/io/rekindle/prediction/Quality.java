package io.rekindle.prediction;

import java.util.Arrays;
import java.util.Comparator;

/**
 * How well probabilities fit outcomes.
 *
 * @param auc the chance that a return has a higher probability than a non-return, ties by half; NaN
 *     without both
 * @param brier the mean squared difference of probability and outcome; 0 is perfect
 */
public record Quality(double auc, double brier) {

  /** Of probabilities by cell, for outcomes that are weighted sums. */
  static Quality of(double[] probabilities, CellTotals cells) {
    Integer[] ascending = new Integer[probabilities.length];
    Arrays.setAll(ascending, i -> i);
    Arrays.sort(ascending, Comparator.comparingDouble(i -> probabilities[i]));
    double ordered = 0;
    double lower = 0;
    double squares = 0;
    for (int i = 0; i < ascending.length; ) {
      double p = probabilities[ascending[i]];
      double returns = 0;
      double others = 0;
      for (; i < ascending.length && probabilities[ascending[i]] == p; i++) {
        returns += cells.returns(ascending[i]);
        others += cells.weight(ascending[i]) - cells.returns(ascending[i]);
      }
      ordered += returns * (lower + others / 2);
      lower += others;
      squares += returns * (1 - p) * (1 - p) + others * p * p;
    }
    double returns = cells.totalReturns();
    double others = cells.totalWeight() - returns;
    return new Quality(ordered / (returns * others), squares / cells.totalWeight());
  }
}
