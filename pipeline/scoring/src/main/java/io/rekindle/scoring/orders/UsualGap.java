package io.rekindle.scoring.orders;

/**
 * How the usual gap between order days is estimated: the mean over the most recent order days,
 * drawn towards the shop's usual gap as if that had been seen {@code priorWeight} times. Times are
 * milliseconds.
 *
 * @param orderDays how many of the most recent order days count, at least 2
 */
public record UsualGap(
    int orderDays, long priorMillis, int priorWeight, long minimumMillis, long maximumMillis) {

  /**
   * The usual gap in milliseconds.
   *
   * @param gaps how many gaps lie between the order days that count
   * @param spanMillis from the first of those days to the last
   */
  long estimate(int gaps, long spanMillis) {
    long mean = (spanMillis + priorWeight * priorMillis) / (gaps + priorWeight);
    return Math.max(minimumMillis, Math.min(maximumMillis, mean));
  }
}
