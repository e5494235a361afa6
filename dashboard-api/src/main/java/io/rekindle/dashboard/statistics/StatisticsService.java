package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.CachedStatistic;
import io.rekindle.dashboard.background.StatisticsRefresher;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.experiments.ExperimentResult;
import io.rekindle.dashboard.experiments.ExperimentResultQuery;
import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import io.rekindle.dashboard.statistics.RiskTransitions.Day;
import io.rekindle.dashboard.web.HttpProblem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The numbers about everybody, from memory. Thread-safe; close it to stop counting.
 *
 * <p>Every method throws {@link io.rekindle.dashboard.background.NotYetComputedException} until the
 * first count is done.
 */
public final class StatisticsService implements AutoCloseable {

  /** Most days that any answer goes back. */
  public static final int DAYS = RiskTransitionsQuery.DAYS;

  private static final Duration FAST_PERIOD = Duration.ofSeconds(1);
  private static final Duration SLOW_PERIOD = Duration.ofSeconds(5);
  private static final int MAX_CACHED_EXPERIMENTS = 8;

  private final DashboardDatabase database;
  private final StatisticsRefresher refresher;
  private final CachedStatistic<SegmentCounts> segmentCounts;
  private final CachedStatistic<RiskTransitions> riskTransitions;
  private final CachedStatistic<OutreachCounts> outreach;
  private final CachedStatistic<ExperimentResult> current;

  /** The last few experiments that somebody asked for, oldest question first. */
  private final Map<String, ExperimentResult> asked =
      Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true));

  /** Begins to count. */
  public StatisticsService(DashboardDatabase database) {
    this.database = database;
    this.refresher = new StatisticsRefresher(database::connectUnlimited);
    SegmentCountsQuery segmentCountsQuery = new SegmentCountsQuery();
    RiskTransitionsQuery riskTransitionsQuery = new RiskTransitionsQuery();
    OutreachCountsQuery outreachQuery = new OutreachCountsQuery();
    this.segmentCounts = refresher.add("segmentCounts", FAST_PERIOD, segmentCountsQuery::compute);
    this.riskTransitions =
        refresher.add("riskTransitions", FAST_PERIOD, riskTransitionsQuery::compute);
    this.outreach = refresher.add("outreach", SLOW_PERIOD, outreachQuery::compute);
    this.current =
        refresher.add(
            "experiment",
            SLOW_PERIOD,
            (connection, dutyCycle) -> ExperimentResultQuery.current(connection));
    refresher.start();
  }

  @Override
  public void close() {
    refresher.close();
  }

  /**
   * The overview.
   *
   * @param asOf the oldest of the moments that its KPIs were counted at
   */
  public record Overview(Instant asOf, Instant scoredUntil, List<Kpi> kpis) {}

  public Overview overview() {
    SegmentCounts now = segmentCounts.get();
    RiskTransitions transitions = riskTransitions.get();
    OutreachCounts out = outreach.get();
    ExperimentResult experiment = current.get();
    RiskTransitions.Week week = transitions.thisWeek();
    RiskTransitions.Week before = transitions.weekBefore();
    OutreachCounts.Week sending = out.rolling().thisWeek();
    OutreachCounts.Week sendingBefore = out.rolling().weekBefore();
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
    for (Instant other : List.of(transitions.asOf(), out.asOf(), experiment.asOf())) {
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

  /** How all clients stand. */
  public SegmentCounts segmentCounts() {
    return segmentCounts.get();
  }

  /**
   * How things stood at the end of a UTC day; of today, how they stand.
   *
   * @param averageScore null if nobody had a score
   */
  public record TrendDay(LocalDate day, long atRisk, long scored, Double averageScore) {}

  public record Trend(Instant asOf, List<TrendDay> days) {}

  /**
   * The last days, counted back from how things stand now. Whoever was erased meanwhile is missing.
   */
  public Trend trend(int days) {
    SegmentCounts now = segmentCounts.get();
    RiskTransitions transitions = riskTransitions.get();
    long atRisk = now.atRisk();
    long scored = now.scored();
    double sum = now.averageScore() == null ? 0 : now.averageScore().doubleValue() * now.scored();
    List<TrendDay> trend = new ArrayList<>(days);
    List<Day> last = last(transitions, days);
    for (int i = last.size() - 1; i >= 0; i--) {
      Day day = last.get(i);
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

  public record FlowDay(LocalDate day, long entered, long left, long leftByOrder) {}

  public record AtRiskFlow(Instant asOf, List<FlowDay> days) {}

  /** Who became at risk and who ceased to be, by day. */
  public AtRiskFlow atRiskFlow(int days) {
    RiskTransitions transitions = riskTransitions.get();
    return new AtRiskFlow(
        transitions.asOf(),
        last(transitions, days).stream()
            .map(day -> new FlowDay(day.day(), day.entered(), day.left(), day.leftByOrder()))
            .toList());
  }

  private static List<Day> last(RiskTransitions transitions, int days) {
    return transitions
        .days()
        .subList(Math.max(0, transitions.days().size() - days), transitions.days().size());
  }

  /** A step on the way from risk to an order. */
  public enum FunnelStep {
    NOTICED,
    DECIDED,
    TO_EMAIL,
    WRITTEN,
    SENT,
    REACTIVATED
  }

  public record FunnelCount(FunnelStep step, long count) {}

  /**
   * From risk to an order.
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
      BigDecimal revenue) {}

  public Funnel funnel(int days) {
    OutreachCounts out = outreach.get();
    LocalDate since = out.since(days);
    Map<String, Long> decisions =
        sumBy(out.decisions(), since, d -> d.day(), d -> d.decision(), d -> d.count());
    List<OutcomeDay> outcomes =
        out.outcomes().stream()
            .filter(day -> !day.day().isBefore(since) && day.decision().equals("EMAIL"))
            .toList();
    long written =
        out.emails().stream()
            .filter(day -> !day.day().isBefore(since) && !day.generatedBy().equals("EXTERNAL"))
            .mapToLong(EmailDay::count)
            .sum();
    return new Funnel(
        out.asOf(),
        since,
        List.of(
            new FunnelCount(
                FunnelStep.NOTICED,
                out.episodes().stream()
                    .filter(day -> !day.day().isBefore(since))
                    .mapToLong(OutreachCounts.EpisodeDay::noticed)
                    .sum()),
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
      List<ReasonCount> skips) {}

  public Decisions decisions(int days) {
    OutreachCounts out = outreach.get();
    LocalDate since = out.since(days);
    Map<String, Long> kinds =
        sumBy(out.decisions(), since, d -> d.day(), d -> d.decision(), d -> d.count());
    Map<String, Long> skips =
        sumBy(
            out.decisions().stream().filter(d -> d.decision().equals("SKIP")).toList(),
            since,
            d -> d.day(),
            d -> d.reason(),
            d -> d.count());
    return new Decisions(
        out.asOf(),
        since,
        kinds.values().stream().mapToLong(n -> n).sum(),
        kinds.getOrDefault("EMAIL", 0L),
        kinds.getOrDefault("HOLDOUT", 0L),
        kinds.getOrDefault("SKIP", 0L),
        OutreachCounts.largestFirst(skips));
  }

  /**
   * What became of emails.
   *
   * @param since first UTC day; emails count by when they were written
   * @param logged emails that were only logged, since no server to send them is set up
   * @param waiting emails that are ready now, whenever they were written
   * @param oldestWaiting when the one that waits longest was written; null if none waits
   * @param meanSecondsToSend from written to sent; null if none was sent
   * @param writtenBy LLM, TEMPLATE or EXTERNAL
   * @param fallbacks why the template wrote although a model was to
   * @param suppressed addresses and people taken off the list, by reason
   */
  public record Deliverability(
      Instant asOf,
      LocalDate since,
      long written,
      long sent,
      long logged,
      long waiting,
      Instant oldestWaiting,
      Double meanSecondsToSend,
      List<ReasonCount> cancelled,
      List<ReasonCount> failed,
      List<ReasonCount> writtenBy,
      List<ReasonCount> fallbacks,
      List<ReasonCount> suppressed,
      BigDecimal costUsd) {}

  public Deliverability deliverability(int days) {
    OutreachCounts out = outreach.get();
    LocalDate since = out.since(days);
    List<EmailDay> emails =
        out.emails().stream().filter(day -> !day.day().isBefore(since)).toList();
    Map<String, Long> states =
        sumBy(emails, since, EmailDay::day, EmailDay::status, EmailDay::count);
    long sent = states.getOrDefault("SENT", 0L);
    double seconds = emails.stream().mapToDouble(EmailDay::secondsToSend).sum();
    return new Deliverability(
        out.asOf(),
        since,
        emails.stream().mapToLong(EmailDay::count).sum(),
        sent,
        states.getOrDefault("LOGGED", 0L),
        out.queue().waiting(),
        out.queue().oldest(),
        sent == 0 ? null : Math.round(seconds / sent * 10) / 10.0,
        reasons(emails, "CANCELLED", since),
        reasons(emails, "FAILED", since),
        OutreachCounts.largestFirst(
            sumBy(emails, since, EmailDay::day, EmailDay::generatedBy, EmailDay::count)),
        OutreachCounts.largestFirst(
            sumBy(
                emails.stream().filter(day -> day.fallbackReason() != null).toList(),
                since,
                EmailDay::day,
                EmailDay::fallbackReason,
                EmailDay::count)),
        OutreachCounts.largestFirst(
            sumBy(out.suppressions(), since, d -> d.day(), d -> d.reason(), d -> d.count())),
        emails.stream()
            .map(EmailDay::costUsd)
            .filter(cost -> cost != null)
            .reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  private static List<ReasonCount> reasons(List<EmailDay> emails, String status, LocalDate since) {
    return OutreachCounts.largestFirst(
        sumBy(
            emails.stream().filter(day -> day.status().equals(status)).toList(),
            since,
            EmailDay::day,
            day -> day.reason() == null ? "UNKNOWN" : day.reason(),
            EmailDay::count));
  }

  private static <T> Map<String, Long> sumBy(
      List<T> rows,
      LocalDate since,
      Function<T, LocalDate> day,
      Function<T, String> key,
      ToLongFunction<T> count) {
    Map<String, Long> sums = new HashMap<>();
    for (T row : rows) {
      if (!day.apply(row).isBefore(since)) {
        sums.merge(key.apply(row), count.applyAsLong(row), Long::sum);
      }
    }
    return sums;
  }

  /** The experiment that runs. */
  public ExperimentResult currentExperiment() {
    return current.get();
  }

  /**
   * An experiment, counted at most {@link #SLOW_PERIOD} ago.
   *
   * @throws HttpProblem 404 if there was none of this name
   */
  public ExperimentResult experiment(String id) throws SQLException {
    ExperimentResult running = current.get();
    if (running.experimentId().equals(id)) {
      return running;
    }
    ExperimentResult last = asked.get(id);
    if (last != null && Duration.between(last.asOf(), running.asOf()).compareTo(SLOW_PERIOD) < 0) {
      return last;
    }
    ExperimentResult next =
        database
            .jdbi()
            .withHandle(handle -> ExperimentResultQuery.byId(handle.getConnection(), id))
            .orElseThrow(() -> HttpProblem.notFound("No experiment \"" + id + "\"."));
    synchronized (asked) {
      asked.put(id, next);
      if (asked.size() > MAX_CACHED_EXPERIMENTS) {
        asked.remove(asked.keySet().iterator().next());
      }
    }
    return next;
  }

  /** All experiments there were; those that run first, then the newest. */
  public List<ExperimentResult.Summary> experiments() throws SQLException {
    return database.jdbi().withHandle(handle -> ExperimentResultQuery.all(handle.getConnection()));
  }
}
