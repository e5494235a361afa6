package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.background.DutyCycle;
import java.time.Duration;
import java.time.LocalDate;
import java.util.NavigableMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Stores the counts of each UTC day once the job has passed its end, so that the past does not
 * change when a client leaves the shop.
 */
public final class ObservedDaysLoop {

  private static final Duration PAUSE = Duration.ofSeconds(20);

  /** The first day that is not stored, and the last one that is over; null if there is none. */
  private static final String DUE =
      """
      select coalesce(
               (select max(day) + 1 from engagement.observed_days),
               (select (min(as_of) at time zone 'UTC')::date from engagement.score_history)) as first,
             (select (scored_until at time zone 'UTC')::date - 1
              from engagement.scored_until) as last
      """;

  private static final String PRESENT =
      """
      select count(*) filter (where at_risk) as at_risk, count(score) as scored,
             coalesce(sum(score::float8), 0) as score_sum
      from engagement.user_scores
      """;

  private record Due(LocalDate first, LocalDate last) {}

  private record Counts(long atRisk, long scored, double scoreSum) {

    /** The counts before a day with these changes. */
    Counts before(RiskTransitions.Day day) {
      return new Counts(
          atRisk - day.entered() - day.firstAtRisk() + day.left(),
          scored - day.scored(),
          scoreSum - day.scoreSum());
    }
  }

  private ObservedDaysLoop() {}

  /**
   * Makes the loop, which begins with {@link BackgroundLoop#start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public static BackgroundLoop over(Jdbi jdbi) {
    return new BackgroundLoop("observed-days", PAUSE, () -> round(jdbi));
  }

  private static boolean round(Jdbi jdbi) {
    jdbi.useHandle(
        handle -> {
          Due due = handle.createQuery(DUE).mapTo(Due.class).one();
          if (due.first() != null && due.last() != null && !due.first().isAfter(due.last())) {
            handle.useTransaction(
                TransactionIsolationLevel.REPEATABLE_READ, storing -> store(storing, due));
          }
        });
    return true;
  }

  /** Counts back from the present, in the one instant of the transaction. */
  private static void store(Handle handle, Due due) {
    LocalDate today =
        handle.createQuery("select (now() at time zone 'UTC')::date").mapTo(LocalDate.class).one();
    NavigableMap<LocalDate, RiskTransitions.Day> changes =
        RiskTransitionsQuery.observed(
            handle, due.first(), today.plusDays(1), DutyCycle.withoutRests());
    Counts counts = handle.createQuery(PRESENT).mapTo(Counts.class).one();
    for (LocalDate date = today; !date.isBefore(due.first()); date = date.minusDays(1)) {
      RiskTransitions.Day day = changes.getOrDefault(date, RiskTransitions.Day.empty(date, false));
      if (!date.isAfter(due.last())) {
        new ObservedDay(
                date,
                day.entered(),
                day.left(),
                day.leftByOrder(),
                day.firstAtRisk(),
                Math.max(0, counts.atRisk()),
                Math.max(0, counts.scored()),
                Math.max(0, counts.scoreSum()))
            .store(handle);
      }
      counts = counts.before(day);
    }
  }
}
