package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Clients at risk and average scores by day. The counts of a day that is over are stored once; the
 * days since then are counted back from the present, and reconstructed ones from the end of the
 * past.
 *
 * @param days oldest first
 */
public record Trend(Instant asOf, List<TrendDay> days) {

  /**
   * The counts at the end of a UTC day; today, the present counts.
   *
   * @param reconstructed whether they were computed from the orders; false if they were observed
   * @param averageScore one decimal; null if no client had a score
   */
  public record TrendDay(
      LocalDate day, boolean reconstructed, long atRisk, long scored, Double averageScore) {}

  static Trend of(SegmentCounts now, RiskTransitions transitions, int days) {
    long atRisk = now.atRisk();
    long scored = now.scored();
    double sum = now.scoreSum();
    RiskTransitions.Past past = transitions.past();
    List<TrendDay> trend = new ArrayList<>(days);
    List<RiskTransitions.Day> last = transitions.last(days);
    for (int i = last.size() - 1; i >= 0; i--) {
      RiskTransitions.Day day = last.get(i);
      if (day.end() != null) {
        atRisk = day.end().atRisk();
        scored = day.end().scored();
        sum = day.end().scoreSum();
      }
      Double average = scored <= 0 ? null : Math.round(sum / scored * 10) / 10.0;
      trend.add(
          new TrendDay(
              day.day(), day.reconstructed(), Math.max(0, atRisk), Math.max(0, scored), average));
      if (past != null && day.day().equals(past.lastDay())) {
        // The day before it is the last of the past, which has counts of its own.
        atRisk = past.atRisk();
        scored = past.scored();
        sum = past.scoreSum();
        continue;
      }
      atRisk -= day.entered() + day.firstAtRisk() - day.left();
      scored -= day.scored();
      sum -= day.scoreSum();
    }
    Collections.reverse(trend);
    return new Trend(
        transitions.asOf().isBefore(now.asOf()) ? transitions.asOf() : now.asOf(), trend);
  }
}
