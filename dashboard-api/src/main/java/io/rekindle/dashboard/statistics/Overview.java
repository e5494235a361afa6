package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.experiments.ExperimentResult;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;

/**
 * The KPIs of the first page.
 *
 * @param asOf the oldest of the instants at which they were counted
 * @param scoredUntil every change committed at or before this is counted in; null until the job
 *     reports it
 */
public record Overview(Instant asOf, Instant scoredUntil, List<Kpi> kpis) {

  static Overview of(
      SegmentCounts now,
      RiskTransitions transitions,
      OutreachCounts outreach,
      ExperimentResult experiment) {
    RiskTransitions.Week week = transitions.thisWeek();
    RiskTransitions.Week before = transitions.weekBefore();
    OutreachCounts.Week sending = outreach.rolling().thisWeek();
    OutreachCounts.Week sendingBefore = outreach.rolling().weekBefore();
    List<Kpi> kpis =
        List.of(
            Kpi.count(
                Kpi.Id.AT_RISK,
                now.atRisk(),
                week.entered() - week.left(),
                Kpi.Change.BAD,
                now.scored()),
            Kpi.count(
                Kpi.Id.ENTERED,
                week.entered(),
                week.entered() - before.entered(),
                Kpi.Change.BAD,
                now.scored()),
            Kpi.count(
                Kpi.Id.LEFT,
                week.left(),
                week.left() - before.left(),
                Kpi.Change.GOOD,
                now.atRisk() + week.left()),
            Kpi.count(
                Kpi.Id.REACTIVATIONS,
                sending.reactivated(),
                sending.reactivated() - sendingBefore.reactivated(),
                Kpi.Change.GOOD,
                sending.ended()),
            Kpi.count(
                Kpi.Id.EMAILS,
                sending.sent(),
                sending.sent() - sendingBefore.sent(),
                Kpi.Change.NEITHER,
                sending.decided()),
            uplift(experiment));
    Instant asOf = now.asOf();
    for (Instant other : List.of(transitions.asOf(), outreach.asOf(), experiment.asOf())) {
      asOf = other.isBefore(asOf) ? other : asOf;
    }
    return new Overview(asOf, now.scoredUntil(), kpis);
  }

  private static Kpi uplift(ExperimentResult experiment) {
    ExperimentResult.Arm arm = experiment.main();
    if (arm == null) {
      return new Kpi(
          Kpi.Id.UPLIFT,
          Kpi.Unit.POINTS,
          null,
          null,
          Kpi.Change.GOOD,
          null,
          null,
          null,
          "NOT_ENOUGH_DATA",
          null);
    }
    return new Kpi(
        Kpi.Id.UPLIFT,
        Kpi.Unit.POINTS,
        points(arm.uplift()),
        null,
        Kpi.Change.GOOD,
        points(arm.upliftLow()),
        points(arm.upliftHigh()),
        arm.users(),
        arm.verdict(),
        arm.moreUsersNeeded());
  }

  private static Double points(BigDecimal share) {
    return share == null
        ? null
        : share.movePointRight(2).setScale(1, RoundingMode.HALF_EVEN).doubleValue();
  }
}
