package io.rekindle.prediction;

/**
 * The outcomes of a backtest by group of clients, instant and score: everything that figures need.
 * Groups are random, so that to draw groups is to draw clients.
 */
final class OutcomeCounts {

  static final int SCORES = 101;

  /** A byte of a digest tells the group. */
  static final int GROUPS = 256;

  private final int instants;

  // By group: the clients who returned and those who did not, by instant and score.
  private final int[][] counts;

  /**
   * @param instants the number of instants
   */
  OutcomeCounts(int instants) {
    this.instants = instants;
    counts = new int[GROUPS][2 * instants * SCORES];
  }

  int instants() {
    return instants;
  }

  void add(int group, int instant, int score, boolean returned) {
    counts[group][place(instant, score, returned)]++;
  }

  /** The place of an outcome in the sums. */
  static int place(int instant, int score, boolean returned) {
    return 2 * (instant * SCORES + score) + (returned ? 0 : 1);
  }

  /**
   * The sums of all groups, by {@link #place}.
   *
   * @param draws how often each group counts
   */
  long[] sums(int[] draws) {
    long[] sums = new long[2 * instants * SCORES];
    for (int group = 0; group < GROUPS; group++) {
      int draw = draws[group];
      if (draw > 0) {
        int[] ofGroup = counts[group];
        for (int i = 0; i < sums.length; i++) {
          sums[i] += (long) draw * ofGroup[i];
        }
      }
    }
    return sums;
  }
}
