package io.rekindle.prediction;

import java.util.Arrays;

/**
 * Counts examples by cell and snapshot. Everything is counted in whole numbers and weighted at the
 * end, so the sequence of clients does not matter to the last bit.
 */
final class ExampleCounts {

  /** Probabilities are counted in units of 2<sup>&minus;52</sup>. */
  private static final double UNITS = 1L << 52;

  private static final int LOW_BITS = 26;
  private static final long LOW_MASK = (1L << LOW_BITS) - 1;

  private final double[] weights;
  private final double teacherWeight;

  // By cell: for each snapshot the examples and the returns; then the teacher's examples, and the
  // sum of its probabilities in two parts. Null without an example.
  private final long[][] byCell;
  private long examples;

  /**
   * @param cells the number of cells
   * @param weights of an example by snapshot
   * @param teacherWeight of a client's example with the teacher's probability
   */
  ExampleCounts(int cells, double[] weights, double teacherWeight) {
    byCell = new long[cells][];
    this.weights = weights;
    this.teacherWeight = teacherWeight;
  }

  /**
   * Adds examples.
   *
   * @param returned those that returned
   * @param silent those that did not
   */
  void add(int cell, int snapshot, long returned, long silent) {
    long[] counts = counts(cell);
    counts[2 * snapshot] += returned + silent;
    counts[2 * snapshot + 1] += returned;
    examples += returned + silent;
  }

  void addTeacher(int cell, double probability) {
    long[] counts = counts(cell);
    int place = 2 * weights.length;
    long units = (long) (probability * UNITS);
    counts[place]++;
    counts[place + 1] += units >>> LOW_BITS;
    counts[place + 2] += units & LOW_MASK;
  }

  private long[] counts(int cell) {
    long[] counts = byCell[cell];
    if (counts == null) {
      counts = new long[2 * weights.length + 3];
      byCell[cell] = counts;
    }
    return counts;
  }

  /** The number of examples without the teacher's. */
  long examples() {
    return examples;
  }

  CellTotals totals() {
    int size = 0;
    for (long[] counts : byCell) {
      size += counts == null ? 0 : 1;
    }
    int[] cells = new int[size];
    double[] weight = new double[size];
    double[] returns = new double[size];
    int index = 0;
    for (int cell = 0; cell < byCell.length; cell++) {
      if (byCell[cell] != null) {
        cells[index] = cell;
        weight[index] = weight(byCell[cell], 0);
        returns[index] = weight(byCell[cell], 1);
        index++;
      }
    }
    return new CellTotals(cells, weight, returns);
  }

  /** The weighted examples of a cell, or their weighted outcomes. */
  private double weight(long[] counts, int outcome) {
    double sum = 0;
    for (int snapshot = 0; snapshot < weights.length; snapshot++) {
      sum += counts[2 * snapshot + outcome] * weights[snapshot];
    }
    int place = 2 * weights.length;
    double teacher =
        outcome == 0
            ? counts[place]
            : ((double) counts[place + 1] * (1L << LOW_BITS) + counts[place + 2]) / UNITS;
    return sum + teacher * teacherWeight;
  }

  @Override
  public String toString() {
    return examples + " examples, weights " + Arrays.toString(weights);
  }
}
