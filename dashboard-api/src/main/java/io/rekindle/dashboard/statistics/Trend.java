package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Clients at risk and average scores by day, counted back from the present, or from the end of the
 * reconstructed past. Erased clients are missing from the observed days.
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
    double sum = now.averageScore() == null ? 0 : now.averageScore().doubleValue() * now.scored();
    RiskTransitions.Past past = transitions.past();
    List<TrendDay> trend = new ArrayList<>(days);
    List<RiskTransitions.Day> last = transitions.last(days);
    for (int i = last.size() - 1; i >= 0; i--) {
      RiskTransitions.Day day = last.get(i);
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
