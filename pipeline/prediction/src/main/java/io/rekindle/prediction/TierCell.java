package io.rekindle.prediction;

import java.util.Arrays;

/**
 * The levels of a client in the five factors as one number. There are at most {@link #CELLS} of
 * them, however many clients a shop has.
 */
final class TierCell {

  private static final TieredFactor[] FACTORS = TieredFactor.values();

  /** The number of possible cells. */
  static final int CELLS = cells();

  private TierCell() {}

  private static int cells() {
    int cells = 1;
    for (TieredFactor factor : FACTORS) {
      cells *= factor.levels();
    }
    return cells;
  }

  static int of(int recency, int rhythm, int frequency, int value, int loyalty) {
    return of(beforeValue(recency, rhythm, frequency), value, loyalty);
  }

  /** The levels of the factors before value as one number. */
  static int beforeValue(int recency, int rhythm, int frequency) {
    int levels = recency * TieredFactor.RHYTHM.levels() + rhythm;
    return levels * TieredFactor.FREQUENCY.levels() + frequency;
  }

  /**
   * The cell with these levels.
   *
   * @param beforeValue from {@link #beforeValue}
   */
  static int of(int beforeValue, int value, int loyalty) {
    int cell = beforeValue * TieredFactor.VALUE.levels() + value;
    return cell * TieredFactor.LOYALTY.levels() + loyalty;
  }

  /** The level of each factor, in the order of the factors. */
  static int[] levels(int cell) {
    int[] levels = new int[FACTORS.length];
    int rest = cell;
    for (int i = FACTORS.length - 1; i >= 0; i--) {
      levels[i] = rest % FACTORS[i].levels();
      rest /= FACTORS[i].levels();
    }
    return levels;
  }

  /** The borders on whose good side the cell is, among the borders of all factors. */
  static int[] passedBorders(int cell) {
    int[] levels = levels(cell);
    int[] passed = new int[TieredFactor.BORDERS];
    int count = 0;
    for (TieredFactor factor : FACTORS) {
      for (int border = 0; border < factor.borders(); border++) {
        if (factor.passes(levels[factor.index()], border)) {
          passed[count++] = factor.offset() + border;
        }
      }
    }
    return Arrays.copyOf(passed, count);
  }
}
