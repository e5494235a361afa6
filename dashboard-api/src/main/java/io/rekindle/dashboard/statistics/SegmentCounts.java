package io.rekindle.dashboard.statistics;

import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Counts of all clients by segment, band and score.
 *
 * @param asOf when they were counted, by the database's clock
 * @param scoredUntil every change committed at or before this is counted in; null until the job
 *     reports it
 * @param clients all clients that the job knows
 * @param scored clients with a score, which are those with an effective order
 * @param atRisk those at risk
 * @param stake value at stake of those at risk; null if no model says what an order is worth
 * @param winnable those at risk who can still be won back
 * @param newlyWinnable those of them who became at risk in a period, by the days of the period
 * @param overridden clients whose score was set by hand
 * @param scoreSum the sum of all scores
 * @param averageScore of the scored, one decimal; null if there is none
 * @param policy the thresholds of the policy in force
 * @param currency of all amounts; null if the policy has none and amounts count at face value
 * @param usdRate what a US dollar is worth in it; null if the policy has no rate
 * @param segments those that have clients, largest first
 * @param bands clients by band
 * @param bins scores by steps of five: bin i holds scores from 5 i, the last one 100, too
 * @param rfm clients by their last order and the number of their orders
 */
public record SegmentCounts(
    Instant asOf,
    Instant scoredUntil,
    long clients,
    long scored,
    long atRisk,
    BigDecimal stake,
    Winnable winnable,
    Map<Integer, Winnable> newlyWinnable,
    long overridden,
    double scoreSum,
    BigDecimal averageScore,
    Thresholds policy,
    String currency,
    BigDecimal usdRate,
    List<SegmentCount> segments,
    Map<String, Long> bands,
    List<Bin> bins,
    RfmGrid rfm) {

  /**
   * The scores at which the policy in force draws its lines.
   *
   * @param atRiskBelow a lower score is at risk
   * @param atRiskDrop a score that fell by as much since the last order is at risk, too; null if no
   *     fall alone puts at risk
   */
  public record Thresholds(
      String policyVersion,
      int atRiskBelow,
      Integer atRiskDrop,
      int healthyFrom,
      int coolingFrom,
      int lowFrom) {

    static Thresholds of(ScoringPolicy policy) {
      ScoringPolicy.Definition definition = policy.definition();
      return new Thresholds(
          policy.version(),
          definition.atRiskBelow(),
          definition.atRiskDrop(),
          definition.healthyFrom(),
          definition.coolingFrom(),
          definition.lowFrom());
    }
  }

  /**
   * Clients at risk who can still be won back.
   *
   * @param stake their value at stake, in the policy's currency; null if no model says what an
   *     order is worth
   */
  public record Winnable(long clients, BigDecimal stake) {}

  /**
   * The clients of a segment.
   *
   * @param share of all clients, 0 to 1
   * @param averageScore one decimal; null if none of them has a score
   * @param spend of all their effective orders ever, in the policy's currency
   */
  public record SegmentCount(
      String segment,
      long clients,
      double share,
      long atRisk,
      BigDecimal averageScore,
      BigDecimal spend)
      implements SegmentTotals {}

  /**
   * Clients with scores from {@code from} to below {@code to}.
   *
   * @param to the last bin's upper end belongs to it
   */
  public record Bin(int from, int to, long clients, long atRisk) {}
}
