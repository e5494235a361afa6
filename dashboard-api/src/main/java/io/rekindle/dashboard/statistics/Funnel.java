package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.DecisionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EpisodeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * The steps from risk to an order.
 *
 * @param since first UTC day
 * @param heldOut decisions for the control group
 * @param skipped decisions not to write
 * @param revenue of those reactivated, net of refunds
 */
public record Funnel(
    Instant asOf,
    LocalDate since,
    List<FunnelCount> steps,
    long heldOut,
    long skipped,
    BigDecimal revenue) {

  /** A step on the way from risk to an order. */
  public enum FunnelStep {
    NOTICED,
    DECIDED,
    TO_EMAIL,
    WRITTEN,
    SENT,
    REACTIVATED
  }

  /** How many came as far as a step. */
  public record FunnelCount(FunnelStep step, long count) {}

  static Funnel of(OutreachCounts outreach, int days) {
    LocalDate since = outreach.since(days);
    Map<String, Long> decisions =
        OutreachCounts.sumBy(outreach.decisions(), since, DecisionDay::decision);
    List<OutcomeDay> outcomes =
        outreach.outcomes().stream()
            .filter(day -> !day.day().isBefore(since) && day.decision().equals("EMAIL"))
            .toList();
    long noticed =
        outreach.episodes().stream()
            .filter(day -> !day.day().isBefore(since))
            .mapToLong(EpisodeDay::noticed)
            .sum();
    long written =
        outreach.emails().stream()
            .filter(day -> !day.day().isBefore(since) && !day.generatedBy().equals("EXTERNAL"))
            .mapToLong(EmailDay::count)
            .sum();
    return new Funnel(
        outreach.asOf(),
        since,
        List.of(
            new FunnelCount(FunnelStep.NOTICED, noticed),
            new FunnelCount(
                FunnelStep.DECIDED, decisions.values().stream().mapToLong(n -> n).sum()),
            new FunnelCount(FunnelStep.TO_EMAIL, decisions.getOrDefault("EMAIL", 0L)),
            new FunnelCount(FunnelStep.WRITTEN, written),
            new FunnelCount(FunnelStep.SENT, outcomes.stream().mapToLong(OutcomeDay::sent).sum()),
            new FunnelCount(
                FunnelStep.REACTIVATED,
                outcomes.stream().mapToLong(OutcomeDay::sentAndReactivated).sum())),
        decisions.getOrDefault("HOLDOUT", 0L),
        decisions.getOrDefault("SKIP", 0L),
        outcomes.stream().map(OutcomeDay::revenue).reduce(BigDecimal.ZERO, BigDecimal::add));
  }
}
