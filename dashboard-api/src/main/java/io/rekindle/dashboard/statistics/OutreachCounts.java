package io.rekindle.dashboard.statistics;

import io.rekindle.scoring.experiment.ArmTotals;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Decisions, emails and outcomes by UTC day.
 *
 * @param asOf when this was counted, by the database's clock
 * @param knownSince the day in which outreach began to be observed; null if it has not
 * @param queue the emails that wait to be sent
 * @param control clients by their first decision that the control group took part in
 * @param controlShare of all clients in the permanent control group, 0 to 1
 * @param partsOfDays for each choice of a period, what happened on the day in which the time before
 *     it ends, until that end
 */
record OutreachCounts(
    Instant asOf,
    LocalDate knownSince,
    Queue queue,
    List<EpisodeDay> episodes,
    List<DecisionDay> decisions,
    List<EmailDay> emails,
    List<SentDay> sent,
    List<OutcomeDay> outcomes,
    List<SuppressionDay> suppressions,
    List<ControlDay> control,
    BigDecimal controlShare,
    Map<Integer, PartOfDay> partsOfDays) {

  /**
   * Emails that are ready and not sent yet.
   *
   * @param oldest when the one that waits longest was written; null if none waits
   */
  record Queue(long waiting, Instant oldest) {}

  /** A count of one UTC day. */
  interface DayCount {
    LocalDate day();

    long count();
  }

  /** What came of decisions of one UTC day. */
  interface OutcomeCount extends DayCount {

    /** The day in which the 14 days of the decisions end: 14 times 24 hours later. */
    default LocalDate end() {
      return day().plusDays(OutreachCountsQuery.OUTCOME_DAYS);
    }
  }

  /**
   * Episodes noticed on a day, and how far they came.
   *
   * @param decision null as long as there is none
   * @param reason of a SKIP; null otherwise
   * @param written those with an email
   * @param emailed those whose email went out
   * @param reactivated those of them whose client ordered within the 14 days
   * @param revenue of these orders
   */
  record EpisodeDay(
      LocalDate day,
      String decision,
      String reason,
      long count,
      long written,
      long emailed,
      long reactivated,
      BigDecimal revenue)
      implements DayCount {}

  /** Decisions of a day. */
  record DecisionDay(LocalDate day, String decision, String reason, long count)
      implements DayCount {}

  /**
   * Emails that Rekindle wrote on a day.
   *
   * @param reason why it was cancelled or failed; null otherwise
   */
  record EmailDay(
      LocalDate day,
      String status,
      String reason,
      String generatedBy,
      String fallbackReason,
      long count,
      BigDecimal costUsd)
      implements DayCount {}

  /**
   * Emails that went out on a day.
   *
   * @param own whether Rekindle wrote them; other systems may insert emails, too
   * @param seconds sum over them of the time from written to sent
   */
  record SentDay(LocalDate day, boolean own, long count, double seconds) implements DayCount {}

  /**
   * What came of a day's decisions to email or hold out whose 14 days are over.
   *
   * @param experimentId null for a decision without an experiment
   * @param count the decisions
   * @param emailed those whose email went out
   * @param reactivated those whose client ordered within the 14 days
   * @param revenue of these orders
   * @param revenueSquares the sum of the squares of each decision's revenue
   * @param costUsd what the models took for their emails
   */
  record OutcomeDay(
      LocalDate day,
      String decision,
      String experimentId,
      long count,
      long emailed,
      long reactivated,
      BigDecimal revenue,
      double revenueSquares,
      BigDecimal costUsd)
      implements OutcomeCount {}

  /**
   * Clients whose first decision that the control group took part in is of a day, and whose 14 days
   * are over.
   *
   * @param control whether they belong to the control group
   * @param reactivated those who ordered within the 14 days
   * @param revenue of these orders
   * @param revenueSquares the sum of the squares of each client's revenue
   * @param predicted the sum of the order probabilities at the decisions, 0 where there was none
   * @param predictedSquares the sum of their squares
   * @param predictedReactivated the sum of those of the clients who ordered
   */
  record ControlDay(
      LocalDate day,
      boolean control,
      long count,
      long reactivated,
      BigDecimal revenue,
      double revenueSquares,
      double predicted,
      double predictedSquares,
      double predictedReactivated)
      implements OutcomeCount {

    ArmTotals totals() {
      return new ArmTotals(
          count,
          reactivated,
          revenue.doubleValue(),
          revenueSquares,
          predicted,
          predictedSquares,
          predictedReactivated);
    }
  }

  /** Suppressions created on a day. */
  record SuppressionDay(LocalDate day, String reason, long count) implements DayCount {}

  /**
   * What happened on a day until a time of day.
   *
   * @param sent own emails that went out
   * @param ended decisions to email whose 14 days ended
   * @param reactivated those of them whose client ordered in the 14 days
   */
  record PartOfDay(long sent, long ended, long reactivated) {}

  /** The first of the last UTC days, today included. */
  LocalDate since(int days) {
    return new Period(days, asOf).since();
  }

  /** Sums the counts since a day by a key. */
  static <T extends DayCount> Map<String, Long> sumBy(
      List<T> rows, LocalDate since, Function<T, String> key) {
    Map<String, Long> sums = new HashMap<>();
    for (T row : rows) {
      if (!row.day().isBefore(since)) {
        sums.merge(key.apply(row), row.count(), Long::sum);
      }
    }
    return sums;
  }
}
