package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.CachedStatistic;
import io.rekindle.dashboard.background.StatisticsRefresher;
import io.rekindle.dashboard.experiments.ExperimentResult;
import io.rekindle.dashboard.experiments.ExperimentService;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * The statistics about all clients, from memory. Thread-safe.
 *
 * <p>Every method but {@link #deliverabilityIfCounted} waits up to 5 s for the first count and then
 * throws {@link io.rekindle.dashboard.background.NotYetComputedException}.
 */
public final class StatisticsService {

  /** Most days that an answer about outreach goes back. */
  public static final int DAYS = OutreachCountsQuery.DAYS;

  /** Most days that an answer about scores goes back. */
  public static final int SCORE_DAYS = RiskTransitionsQuery.MAX_DAYS;

  /** How many days the period of an overview can have. */
  public static final List<Integer> PERIODS = Period.CHOICES;

  private static final Duration FAST_PERIOD = Duration.ofSeconds(1);
  private static final Duration SLOW_PERIOD = Duration.ofSeconds(5);

  private final CachedStatistic<SegmentCounts> segmentCounts;
  private final CachedStatistic<RiskTransitions> riskTransitions;
  private final CachedStatistic<OutreachCounts> outreach;
  private final CachedStatistic<Today.Counts> today;
  private final CachedStatistic<ExperimentResult> experiment;
  private final CachedStatistic<KnownHistory> knownHistory;
  private final CachedStatistic<FactorCounts> factorCounts;
  private final PastCounts pastCounts;
  private final BigDecimal messageUsd;

  /**
   * Adds its statistics to a refresher that has not started.
   *
   * @param messageUsd the cost of one email that is sent, in US dollars
   */
  public StatisticsService(
      StatisticsRefresher refresher,
      ExperimentService experiments,
      PastCounts pastCounts,
      BigDecimal messageUsd) {
    this.pastCounts = pastCounts;
    this.messageUsd = messageUsd;
    this.experiment = experiments.current();
    this.segmentCounts =
        refresher.add("segmentCounts", FAST_PERIOD, new SegmentCountsQuery()::compute);
    this.riskTransitions =
        refresher.add("riskTransitions", FAST_PERIOD, new RiskTransitionsQuery()::compute);
    this.knownHistory =
        refresher.add(
            "knownHistory", SLOW_PERIOD, (handle, dutyCycle) -> KnownHistory.read(handle));
    this.factorCounts = refresher.addLater("factorCounts", SLOW_PERIOD, FactorCounts::compute);
    this.outreach = refresher.add("outreach", SLOW_PERIOD, new OutreachCountsQuery()::compute);
    this.today =
        refresher.addLater("today", SLOW_PERIOD, (handle, dutyCycle) -> TodayQuery.compute(handle));
  }

  /**
   * The KPIs of a period.
   *
   * @param days one of {@link #PERIODS}
   */
  public Overview overview(int days) {
    CachedStatistic.awaitAll(segmentCounts, riskTransitions, outreach, experiment, knownHistory);
    return Overview.of(
        segmentCounts.get(),
        riskTransitions.get(),
        outreach.get(),
        experiment.get(),
        days,
        messageUsd);
  }

  /** What to do today; empty until it is counted. */
  public Optional<Today> today() {
    return today
        .ifComputed()
        .flatMap(counts -> outreach.ifComputed().map(o -> Today.of(counts, o)));
  }

  /** All clients by segment, band and score. */
  public SegmentCounts segmentCounts() {
    return segmentCounts.get();
  }

  /** The same without waiting; empty until the first count. */
  public Optional<SegmentCounts> segmentCountsIfCounted() {
    return segmentCounts.ifComputed();
  }

  /** All clients by the points of each factor. */
  public FactorCounts factorCounts() {
    return factorCounts.get();
  }

  /** Clients at risk and average scores of the last days. */
  public Trend trend(int days) {
    CachedStatistic.awaitAll(segmentCounts, riskTransitions);
    return Trend.of(segmentCounts.get(), riskTransitions.get(), days);
  }

  /** Clients who became at risk and ceased to be in the last days. */
  public DailyRiskTransitions dailyRiskTransitions(int days) {
    return DailyRiskTransitions.of(riskTransitions.get(), days);
  }

  /** All clients at the end of a past day; empty if no score of it is known. */
  public Optional<ShopDay> shopDay(LocalDate day) {
    return pastCounts.day(day);
  }

  /** The same without waiting: empty, too, until it is counted. */
  public Optional<ShopDay> shopDayIfCounted(LocalDate day) {
    return pastCounts.dayIfCounted(day);
  }

  /** The clients by the month of their first order. */
  public Cohorts cohorts() {
    return pastCounts.cohorts();
  }

  /** Where the clients went between the ends of two days; empty if no score of one is known. */
  public Optional<Movement> movement(LocalDate from, LocalDate to) {
    return pastCounts.movement(from, to);
  }

  /** The same without waiting: empty, too, until it is counted. */
  public Optional<Movement> movementIfCounted(LocalDate from, LocalDate to) {
    return pastCounts.movementIfCounted(from, to);
  }

  /** The orders of new and returning clients by month. */
  public OrderMonths orderMonths() {
    return pastCounts.orderMonths();
  }

  /** The days of which scores are known. */
  public KnownHistory knownHistory() {
    return knownHistory.get();
  }

  /** The steps from risk to an order in the last days. */
  public Funnel funnel(int days) {
    return Funnel.of(outreach.get(), days);
  }

  /** What all of outreach brought to clients whose 14 days ended in the last days. */
  public ControlGroup controlGroup(int days) {
    return ControlGroup.of(outreach.get(), days);
  }

  /** The decisions of the last days. */
  public Decisions decisions(int days) {
    return Decisions.of(outreach.get(), days);
  }

  /** What became of the emails of the last days. */
  public Deliverability deliverability(int days) {
    return Deliverability.of(outreach.get(), days, messageUsd);
  }

  /** The same without waiting; empty until the first count. */
  public Optional<Deliverability> deliverabilityIfCounted(int days) {
    return outreach.ifComputed().map(counts -> Deliverability.of(counts, days, messageUsd));
  }
}
