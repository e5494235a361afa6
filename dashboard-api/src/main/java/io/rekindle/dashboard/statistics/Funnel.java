package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.EpisodeDay;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * How far the episodes that were noticed in the last days have come. Each step counts episodes of
 * the step before, so none has more.
 *
 * @param since first UTC day
 * @param heldOut those held out to compare with
 * @param skipped those that are not written about
 * @param skips the same by reason, the most frequent first
 * @param revenue of the last step's orders within 14 days of the decision, net of refunds
 */
public record Funnel(
    Instant asOf,
    LocalDate since,
    List<FunnelCount> steps,
    long heldOut,
    long skipped,
    List<ReasonCount> skips,
    BigDecimal revenue) {

  /** A step on the way from risk to an order. */
  public enum FunnelStep {
    NOTICED,
    DECIDED,
    TO_EMAIL,
    WRITTEN,
    EMAILED,
    REACTIVATED
  }

  /** How many came as far as a step. */
  public record FunnelCount(FunnelStep step, long count) {}

  static Funnel of(OutreachCounts outreach, int days) {
    LocalDate since = outreach.since(days);
    List<EpisodeDay> episodes =
        outreach.episodes().stream().filter(day -> !day.day().isBefore(since)).toList();
    List<EpisodeDay> skipped =
        episodes.stream().filter(day -> "SKIP".equals(day.decision())).toList();
    return new Funnel(
        outreach.asOf(),
        since,
        List.of(
            new FunnelCount(FunnelStep.NOTICED, sum(episodes, EpisodeDay::count)),
            new FunnelCount(
                FunnelStep.DECIDED, sum(episodes, day -> day.decision() == null ? 0 : day.count())),
            new FunnelCount(FunnelStep.TO_EMAIL, ofDecision(episodes, "EMAIL")),
            new FunnelCount(FunnelStep.WRITTEN, sum(episodes, EpisodeDay::written)),
            new FunnelCount(FunnelStep.EMAILED, sum(episodes, EpisodeDay::emailed)),
            new FunnelCount(FunnelStep.REACTIVATED, sum(episodes, EpisodeDay::reactivated))),
        ofDecision(episodes, "HOLDOUT"),
        ofDecision(episodes, "SKIP"),
        ReasonCount.largestFirst(OutreachCounts.sumBy(skipped, since, EpisodeDay::reason)),
        episodes.stream().map(EpisodeDay::revenue).reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  private static long ofDecision(List<EpisodeDay> episodes, String decision) {
    return sum(episodes, day -> Objects.equals(decision, day.decision()) ? day.count() : 0);
  }

  private static long sum(List<EpisodeDay> episodes, ToLongFunction<EpisodeDay> count) {
    return episodes.stream().mapToLong(count).sum();
  }
}
