package io.rekindle.dashboard.statistics;

import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.summingLong;

import io.rekindle.dashboard.experiments.ExperimentResult;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.PartOfDay;
import io.rekindle.dashboard.statistics.OutreachCounts.SentDay;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The KPIs of the first page, all of one period.
 *
 * @param asOf the oldest of the instants at which they were counted
 * @param scoredUntil every change committed at or before this is counted in; null until the job
 *     reports it
 * @param days how many UTC days the period has, today included
 * @param since its first day
 * @param currency of all amounts; null if the policy has none and amounts count at face value
 * @param usdRate what a US dollar is worth in it, by the rates of the policy; null if it has none
 * @param wonBack what the emails brought in
 */
public record Overview(
    Instant asOf,
    Instant scoredUntil,
    int days,
    LocalDate since,
    String currency,
    BigDecimal usdRate,
    WonBack wonBack,
    List<Kpi> kpis) {

  static Overview of(
      SegmentCounts now,
      RiskTransitions transitions,
      OutreachCounts outreach,
      ExperimentResult experiment,
      int days,
      BigDecimal messageUsd) {
    Period period = new Period(days, transitions.asOf());
    Period sending = new Period(days, outreach.asOf()).atMost(OutreachCountsQuery.DAYS);
    WonBack wonBack =
        WonBack.of(outreach.outcomes().stream().filter(endedIn(sending)).toList(), messageUsd);
    Instant asOf =
        Stream.of(now.asOf(), transitions.asOf(), outreach.asOf(), experiment.asOf())
            .min(Instant::compareTo)
            .orElseThrow();
    return new Overview(
        asOf,
        now.scoredUntil(),
        days,
        period.since(),
        now.currency(),
        now.usdRate(),
        wonBack,
        List.of(
            winnable(now, period),
            Kpi.of(Kpi.Id.AT_STAKE, Kpi.Unit.MONEY, amount(now.winnable().stake()))
                .denominator(now.stake())
                .note(now.winnable().stake() == null ? "NO_MONEY_MODEL" : null, null)
                .build(),
            wonBack(wonBack, observedPart(sending, outreach, OutreachCountsQuery.OUTCOME_DAYS)),
            uplift(experiment),
            transitions(transitions, period, Kpi.Id.ENTERED, Kpi.Change.BAD),
            transitions(transitions, period, Kpi.Id.LEFT, Kpi.Change.GOOD),
            emails(outreach, sending),
            reactivations(outreach, sending)));
  }

  private static Kpi winnable(SegmentCounts now, Period period) {
    SegmentCounts.Winnable fresh = now.newlyWinnable().get(period.days());
    return Kpi.count(Kpi.Id.WINNABLE, fresh.clients())
        .denominator(now.atRisk())
        .amount(fresh.stake())
        .part(now.winnable().clients())
        .build();
  }

  private static Kpi transitions(
      RiskTransitions transitions, Period period, Kpi.Id id, Kpi.Change riseIs) {
    ToLongFunction<RiskTransitions.Count> count =
        id == Kpi.Id.ENTERED ? RiskTransitions.Count::entered : RiskTransitions.Count::left;
    long value = transitions.sum(day -> period.has(day.day()), count);
    Long before =
        transitions.isKnownSince(period.sinceBefore())
            ? transitions.sum(day -> period.hasBefore(day.day()), count)
                + count.applyAsLong(transitions.partsOfDays().get(period.days()))
            : null;
    Kpi.Builder kpi =
        Kpi.count(id, value)
            .change(before, riseIs)
            .since(transitions.isKnownSince(period.since()) ? null : transitions.firstDay());
    if (id == Kpi.Id.LEFT) {
      kpi.part(transitions.sum(day -> period.has(day.day()), RiskTransitions.Count::leftByOrder));
    }
    return kpi.build();
  }

  private static Kpi emails(OutreachCounts outreach, Period period) {
    Map<Boolean, Long> sent =
        outreach.sent().stream()
            .filter(day -> period.has(day.day()))
            .collect(partitioningBy(SentDay::own, summingLong(SentDay::count)));
    Long before =
        observed(period, outreach, 0)
            ? outreach.sent().stream()
                    .filter(day -> day.own() && period.hasBefore(day.day()))
                    .mapToLong(SentDay::count)
                    .sum()
                + outreach.partsOfDays().get(period.days()).sent()
            : null;
    return Kpi.count(Kpi.Id.EMAILS, sent.get(true))
        .change(before, Kpi.Change.NEITHER)
        .part(sent.get(false))
        .since(observedPart(period, outreach, 0))
        .build();
  }

  private static Kpi reactivations(OutreachCounts outreach, Period period) {
    List<OutcomeDay> emails =
        outreach.outcomes().stream().filter(day -> day.decision().equals("EMAIL")).toList();
    PartOfDay part = outreach.partsOfDays().get(period.days());
    Long before =
        observed(period, outreach, OutreachCountsQuery.OUTCOME_DAYS)
            ? emails.stream()
                    .filter(day -> period.hasBefore(day.end()))
                    .mapToLong(OutcomeDay::reactivated)
                    .sum()
                + part.reactivated()
            : null;
    List<OutcomeDay> ended = emails.stream().filter(endedIn(period)).toList();
    return Kpi.count(Kpi.Id.REACTIVATIONS, ended.stream().mapToLong(OutcomeDay::reactivated).sum())
        .change(before, Kpi.Change.GOOD)
        .denominator(ended.stream().mapToLong(OutcomeDay::count).sum())
        .since(observedPart(period, outreach, OutreachCountsQuery.OUTCOME_DAYS))
        .build();
  }

  private static Predicate<OutcomeDay> endedIn(Period period) {
    return day -> period.has(day.end());
  }

  /** Whether outreach was observed in all of the time before, and so many days before that. */
  private static boolean observed(Period period, OutreachCounts outreach, int daysBefore) {
    return outreach.knownSince() != null
        && outreach.knownSince().isBefore(period.sinceBefore().minusDays(daysBefore));
  }

  /** The first day that counts of a period that began before outreach; null if none did. */
  private static LocalDate observedPart(Period period, OutreachCounts outreach, int daysBefore) {
    LocalDate known =
        outreach.knownSince() == null ? period.today() : outreach.knownSince().plusDays(daysBefore);
    return known.isAfter(period.since()) ? known : null;
  }

  private static Kpi wonBack(WonBack wonBack, LocalDate since) {
    return Kpi.of(Kpi.Id.WON_BACK, Kpi.Unit.MONEY, wonBack.amount())
        .interval(wonBack.low(), wonBack.high())
        .amount(wonBack.perEmail())
        .part(wonBack.measured())
        .since(since)
        .note(wonBack.amount() == null ? "NOT_MEASURED" : null, null)
        .build();
  }

  private static Kpi uplift(ExperimentResult experiment) {
    ExperimentResult.Arm arm = experiment.main();
    return arm == null
        ? Kpi.of(Kpi.Id.UPLIFT, Kpi.Unit.POINTS, null).note("NOT_ENOUGH_DATA", null).build()
        : Kpi.of(Kpi.Id.UPLIFT, Kpi.Unit.POINTS, points(arm.uplift()))
            .interval(points(arm.upliftLow()), points(arm.upliftHigh()))
            .part(arm.users())
            .note(arm.verdict(), arm.moreUsersNeeded())
            .build();
  }

  private static Double amount(BigDecimal money) {
    return money == null ? null : money.doubleValue();
  }

  private static Double points(BigDecimal share) {
    return share == null
        ? null
        : share.movePointRight(2).setScale(1, RoundingMode.HALF_EVEN).doubleValue();
  }
}
