package io.rekindle.prediction;

import io.rekindle.scoring.orders.UserFacts;

/**
 * The clients with an order in the window, counted by the score and the drop that {@code
 * cadence-v1} gives them, and by their cells now and at the last order. The thresholds of a fitted
 * policy follow from it: each divides the clients as that of {@code cadence-v1} does, so that the
 * work stays the same.
 */
final class Workload {

  /** The reference value of {@code cadence-v1}, in hundredths. */
  static final long CADENCE_REFERENCE = 5_000;

  private static final int[] CADENCE_THRESHOLDS = {10, 25, 50, 65, 75, 80};
  private static final int CADENCE_DROP = 35;
  private static final int MIN_DROP = 10;
  private static final int SCORES = 101;

  private final int[] cadenceScores = WholePoints.ofTemplate().scores();
  private final long[] byCadenceScore = new long[SCORES];
  private long dropped;
  private final PairCounts byCells = new PairCounts();

  /** Adds a client at the instant of the fit. */
  void add(ClientSweep client, long reference) {
    if (client.orderDaysInWindow() == 0) {
      return;
    }
    int score = cadenceScores[client.cell(CADENCE_REFERENCE)];
    byCadenceScore[score]++;
    int scoreAtLastOrder = cadenceScores[client.cellAtLastOrder(CADENCE_REFERENCE)];
    dropped += scoreAtLastOrder - score >= CADENCE_DROP ? 1 : 0;
    long now = client.cell(reference);
    long atLastOrder = client.cellAtLastOrder(reference);
    byCells.add(now * TierCell.CELLS + atLastOrder, true);
  }

  /** The thresholds for other points. */
  Thresholds thresholds(WholePoints points) {
    int[] scores = points.scores();
    long[] byScore = new long[SCORES];
    long[] byDrop = new long[SCORES];
    byCells.forEach(
        (cells, count, none) -> {
          int now = scores[(int) (cells / TierCell.CELLS)];
          int atLastOrder = scores[(int) (cells % TierCell.CELLS)];
          byScore[now] += count;
          byDrop[Math.max(0, atLastOrder - now)] += count;
        });
    int[] thresholds = new int[CADENCE_THRESHOLDS.length];
    int previous = -1;
    for (int i = 0; i < thresholds.length; i++) {
      int threshold = atLeast(byScore, below(byCadenceScore, CADENCE_THRESHOLDS[i]));
      // No threshold is above 100, and each is above the one before.
      int highest = SCORES - thresholds.length + i;
      thresholds[i] = Math.min(Math.max(threshold, previous + 1), highest);
      previous = thresholds[i];
    }
    return new Thresholds(
        thresholds[0],
        thresholds[1],
        thresholds[2],
        thresholds[3],
        thresholds[4],
        thresholds[5],
        drop(byDrop));
  }

  private static long below(long[] counts, int threshold) {
    long sum = 0;
    for (int i = 0; i < threshold; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** The smallest threshold below which there are at least so many. */
  private static int atLeast(long[] counts, long clients) {
    int threshold = 0;
    long sum = 0;
    while (sum < clients) {
      sum += counts[threshold];
      threshold++;
    }
    return threshold;
  }

  /** The smallest drop that at most as many have as that of cadence-v1; null if it is small. */
  private Integer drop(long[] byDrop) {
    int drop = SCORES;
    long sum = 0;
    while (drop > 0 && sum + byDrop[drop - 1] <= dropped) {
      drop--;
      sum += byDrop[drop];
    }
    return drop < MIN_DROP || drop >= SCORES ? null : Integer.valueOf(drop);
  }

  /**
   * The thresholds of a fitted policy.
   *
   * @param lost a lower score is LOST; 10 in cadence-v1
   * @param low from here on LOW; 25 in cadence-v1
   * @param atRisk at risk below it, and COOLING from here on; 50 in cadence-v1
   * @param loyal LOYAL from here on; 65 in cadence-v1
   * @param healthy from here on HEALTHY; 75 in cadence-v1
   * @param champion CHAMPION from here on; 80 in cadence-v1
   * @param drop the drop that puts at risk; null if none does; 35 in cadence-v1
   */
  public record Thresholds(
      int lost, int low, int atRisk, int loyal, int healthy, int champion, Integer drop) {}

  /** The days of the window, as in cadence-v1. */
  static int windowDays() {
    return (int) (ClientSweep.WINDOW / UserFacts.DAY);
  }
}
