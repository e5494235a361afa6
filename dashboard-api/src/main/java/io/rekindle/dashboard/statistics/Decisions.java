package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.DecisionDay;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * What outreach decided about episodes.
 *
 * @param since first UTC day
 * @param skips decisions not to write, by reason, most frequent first
 */
public record Decisions(
    Instant asOf,
    LocalDate since,
    long total,
    long email,
    long holdout,
    long skip,
    List<ReasonCount> skips) {

  static Decisions of(OutreachCounts outreach, int days) {
    LocalDate since = outreach.since(days);
    Map<String, Long> kinds =
        OutreachCounts.sumBy(outreach.decisions(), since, DecisionDay::decision);
    List<DecisionDay> skips =
        outreach.decisions().stream().filter(day -> day.decision().equals("SKIP")).toList();
    return new Decisions(
        outreach.asOf(),
        since,
        kinds.values().stream().mapToLong(n -> n).sum(),
        kinds.getOrDefault("EMAIL", 0L),
        kinds.getOrDefault("HOLDOUT", 0L),
        kinds.getOrDefault("SKIP", 0L),
        ReasonCount.largestFirst(OutreachCounts.sumBy(skips, since, DecisionDay::reason)));
  }
}
