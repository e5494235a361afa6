package io.rekindle.dashboard.statistics;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Decisions, emails and outcomes by UTC day.
 *
 * @param asOf when this was counted, by the database's clock
 * @param rolling figures of whole weeks up to {@code asOf}
 * @param queue the emails that wait to be sent
 */
record OutreachCounts(
    Instant asOf,
    Rolling rolling,
    Queue queue,
    List<EpisodeDay> episodes,
    List<DecisionDay> decisions,
    List<EmailDay> emails,
    List<OutcomeDay> outcomes,
    List<SuppressionDay> suppressions) {

  /**
   * Figures of the last 168 hours and of the 168 before them.
   *
   * @param sent emails that went out
   * @param decided decisions to email
   * @param ended decisions to email whose 14 days ended in these hours
   * @param reactivated those of them whose client ordered in the 14 days
   */
  record Week(long sent, long decided, long ended, long reactivated) {

    Week plus(Week other) {
      return new Week(
          sent + other.sent,
          decided + other.decided,
          ended + other.ended,
          reactivated + other.reactivated);
    }
  }

  record Rolling(Week thisWeek, Week weekBefore) {}

  /**
   * Emails that are ready and not sent yet.
   *
   * @param oldest when the one that waits longest was written; null if none waits
   */
  record Queue(long waiting, Instant oldest) {}

  /** Episodes first noticed on a day. */
  record EpisodeDay(LocalDate day, long noticed) {}

  /** A count of one UTC day. */
  interface DayCount {
    LocalDate day();

    long count();
  }

  /** Decisions of a day. */
  record DecisionDay(LocalDate day, String decision, String reason, long count)
      implements DayCount {}

  /**
   * Emails written on a day.
   *
   * @param reason why it was cancelled or failed; null otherwise
   * @param secondsToSend sum over the sent ones of the time from written to sent
   */
  record EmailDay(
      LocalDate day,
      String status,
      String reason,
      String generatedBy,
      String fallbackReason,
      long count,
      BigDecimal costUsd,
      double secondsToSend)
      implements DayCount {}

  /**
   * What came of a day's decisions to email or hold out.
   *
   * @param ended those whose 14 days are over
   * @param sent those whose email went out
   * @param reactivated those whose client has ordered within the 14 days, over or not
   */
  record OutcomeDay(
      LocalDate day,
      String decision,
      long decided,
      long ended,
      long sent,
      long sentAndReactivated,
      long reactivated,
      BigDecimal revenue) {}

  /** Suppressions created on a day. */
  record SuppressionDay(LocalDate day, String reason, long count) implements DayCount {}

  /** The first of the last UTC days, today included. */
  LocalDate since(int days) {
    return asOf.atOffset(ZoneOffset.UTC).toLocalDate().minusDays(days - 1L);
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
