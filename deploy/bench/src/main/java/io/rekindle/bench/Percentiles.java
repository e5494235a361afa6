package io.rekindle.bench;

import java.util.Arrays;

/**
 * Percentiles of measured values by the nearest-rank method. Each percentile is a measured value.
 */
final class Percentiles {

  private final long[] sorted;

  Percentiles(long[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** Returns the least value that {@code percent} of the values do not exceed. */
  long at(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(1, rank) - 1];
  }

  int count() {
    return sorted.length;
  }
}
