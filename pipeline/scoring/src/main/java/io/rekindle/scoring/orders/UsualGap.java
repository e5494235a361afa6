package io.rekindle.scoring.orders;

/**
 * The estimate of the usual gap between order days: the mean over the most recent order days and
 * {@code priorWeight} gaps of the shop's usual length. Times are milliseconds.
 *
 * @param orderDays the number of the most recent order days that count, at least 2
 */
public record UsualGap(
    int orderDays, long priorMillis, int priorWeight, long minimumMillis, long maximumMillis) {

  /**
   * The usual gap in milliseconds.
   *
   * @param gaps the number of gaps between the order days that count
   * @param spanMillis from the first of those days to the last
   */
  public long estimate(int gaps, long spanMillis) {
    long mean = (spanMillis + priorWeight * priorMillis) / (gaps + priorWeight);
    return Math.max(minimumMillis, Math.min(maximumMillis, mean));
  }
}
