package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.SegmentCounts.Bin;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * Counts of all clients at the end of a UTC day. Erased clients are missing.
 *
 * @param asOf the day
 * @param reconstructed whether the scores were computed from the orders; false if they were
 *     observed
 * @param clients clients that the shop had
 * @param scored clients with a score
 * @param averageScore of the scored, one decimal; null if there was none
 * @param policy the thresholds of the policy that the past was computed by; null for an observed
 *     day, of which other policies may have scores
 * @param segments those that had clients, largest first
 * @param bands clients by band
 * @param bins scores by steps of five, as in {@link SegmentCounts}
 */
public record ShopDay(
    LocalDate asOf,
    boolean reconstructed,
    long clients,
    long scored,
    long atRisk,
    BigDecimal averageScore,
    Thresholds policy,
    List<SegmentOfDay> segments,
    Map<String, Long> bands,
    List<Bin> bins) {

  /**
   * The clients of a segment.
   *
   * @param share of all clients, 0 to 1
   * @param averageScore one decimal; null if none of them had a score
   */
  public record SegmentOfDay(
      String segment, long clients, double share, long atRisk, BigDecimal averageScore)
      implements SegmentTotals {}
}
