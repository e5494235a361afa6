package io.rekindle.bench;

import java.util.Arrays;

/** Percentiles of measured values by the nearest-rank method: each is a value that was measured. */
final class Percentiles {

  private final long[] sorted;

  Percentiles(long[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** The least value that is not exceeded by {@code percent} of the values. */
  long at(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(1, rank) - 1];
  }

  int count() {
    return sorted.length;
  }
}
