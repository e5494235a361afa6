package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.util.List;

/**
 * How many clients became at risk and ceased to be, by UTC day.
 *
 * @param days oldest first
 */
public record DailyRiskTransitions(Instant asOf, List<RiskTransitions.Day> days) {

  static DailyRiskTransitions of(RiskTransitions transitions, int days) {
    return new DailyRiskTransitions(transitions.asOf(), transitions.last(days));
  }
}
