package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Clients at risk and average scores by day, counted back from the present. Erased clients are
 * missing.
 *
 * @param days oldest first
 */
public record Trend(Instant asOf, List<TrendDay> days) {

  /**
   * The counts at the end of a UTC day; today, the present counts.
   *
   * @param averageScore one decimal; null if no client had a score
   */
  public record TrendDay(LocalDate day, long atRisk, long scored, Double averageScore) {}

  static Trend of(SegmentCounts now, RiskTransitions transitions, int days) {
    long atRisk = now.atRisk();
    long scored = now.scored();
    double sum = now.averageScore() == null ? 0 : now.averageScore().doubleValue() * now.scored();
    List<TrendDay> trend = new ArrayList<>(days);
    List<RiskTransitions.Day> last = transitions.last(days);
    for (int i = last.size() - 1; i >= 0; i--) {
      RiskTransitions.Day day = last.get(i);
      Double average = scored <= 0 ? null : Math.round(sum / scored * 10) / 10.0;
      trend.add(new TrendDay(day.day(), Math.max(0, atRisk), Math.max(0, scored), average));
      atRisk -= day.entered() + day.firstAtRisk() - day.left();
      scored -= day.scored();
      sum -= day.scoreSum();
    }
    Collections.reverse(trend);
    return new Trend(
        transitions.asOf().isBefore(now.asOf()) ? transitions.asOf() : now.asOf(), trend);
  }
}
