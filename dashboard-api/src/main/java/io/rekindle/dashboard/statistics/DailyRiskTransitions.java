package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * How many clients became at risk and ceased to be, by UTC day.
 *
 * @param days oldest first
 */
public record DailyRiskTransitions(Instant asOf, List<RiskTransitionsDay> days) {

  /**
   * The changes of one day.
   *
   * @param leftByOrder how many of those who left did so by an order
   */
  public record RiskTransitionsDay(LocalDate day, long entered, long left, long leftByOrder) {}

  static DailyRiskTransitions of(RiskTransitions transitions, int days) {
    return new DailyRiskTransitions(
        transitions.asOf(),
        transitions.last(days).stream()
            .map(day -> new RiskTransitionsDay(day.day(), day.entered(), day.left(), day.leftByOrder()))
            .toList());
  }
}
