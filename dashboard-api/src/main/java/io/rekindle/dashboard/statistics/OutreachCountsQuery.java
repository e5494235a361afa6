package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.statistics.OutreachCounts.DecisionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EpisodeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.Queue;
import io.rekindle.dashboard.statistics.OutreachCounts.Rolling;
import io.rekindle.dashboard.statistics.OutreachCounts.SuppressionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.Week;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Counts decisions, emails and outcomes of the last {@value #DAYS} days. */
final class OutreachCountsQuery {

  static final int DAYS = 90;

  private static final String EPISODES =
      """
      select (noticed_at at time zone 'UTC')::date as day, count(*) as noticed
      from engagement.risk_episodes where noticed_at >= :from and noticed_at < :until group by 1
      """;

  private static final String DECISIONS =
      """
      select (decided_at at time zone 'UTC')::date as day, decision, reason, count(*) as count
      from engagement.outreach_decisions where decided_at >= :from and decided_at < :until
      group by 1, 2, 3
      """;

  // Another system may write any reason: the limits keep reasons from filling the memory.
  private static final String EMAILS =
      """
      select (generated_at at time zone 'UTC')::date as day, status,
             left(status_reason, 60) as reason, generated_by,
             left(fallback_reason, 60) as fallback_reason, count(*) as count,
             sum(cost_usd) as cost_usd,
             coalesce(sum(extract(epoch from sent_at - generated_at)::float8)
                        filter (where status = 'SENT'), 0) as seconds_to_send
      from engagement.emails where generated_at >= :from and generated_at < :until group by 1, 2, 3, 4, 5
      limit 5000
      """;

  private static final String OUTCOMES =
      """
      select (decided_at at time zone 'UTC')::date as day, decision, count(*) as decided,
             count(*) filter (where window_closed) as ended,
             count(*) filter (where email_status = 'SENT') as sent,
             count(*) filter (where email_status = 'SENT' and reactivated) as sent_and_reactivated,
             count(*) filter (where reactivated) as reactivated, sum(revenue) as revenue
      from engagement.email_outcomes where decided_at >= :from and decided_at < :until group by 1, 2
      """;

  private static final String SUPPRESSIONS =
      """
      select (created_at at time zone 'UTC')::date as day, reason, count(*) as count
      from engagement.suppressions where created_at >= :from and created_at < :until
      group by 1, 2
      """;

  private static final String QUEUE =
      """
      select count(*) as waiting, min(generated_at) as oldest
      from engagement.emails where status = 'READY'
      """;

  // The bounds as constants, so that the few rows between them are looked up.
  private static final String DAY_OF_WEEK =
      """
      select
        (select count(*) from engagement.emails
         where status = 'SENT'
           and sent_at > :until::timestamptz - interval '24 hours' and sent_at <= :until::timestamptz) as sent,
        (select count(*) from engagement.outreach_decisions
         where decision = 'EMAIL'
           and decided_at > :until::timestamptz - interval '24 hours'
           and decided_at <= :until::timestamptz) as decided,
        count(*) as ended, count(*) filter (where reactivated) as reactivated
      from engagement.email_outcomes
      where decision = 'EMAIL'
        and decided_at > :until::timestamptz - interval '360 hours'
        and decided_at <= :until::timestamptz - interval '336 hours'
      """;

  private static final int MAX_ROWS = 5_000;

  OutreachCounts compute(Handle handle, DutyCycle dutyCycle) {
    Instant asOf = handle.createQuery("select clock_timestamp()").mapTo(Instant.class).one();
    OffsetDateTime now = asOf.atOffset(ZoneOffset.UTC);
    LocalDate today = now.toLocalDate();
    return new OutreachCounts(
        asOf,
        new Rolling(week(handle, now, dutyCycle), week(handle, now.minusDays(7), dutyCycle)),
        handle.createQuery(QUEUE).mapTo(Queue.class).one(),
        days(handle, EPISODES, today, dutyCycle, EpisodeDay.class),
        days(handle, DECISIONS, today, dutyCycle, DecisionDay.class),
        days(handle, EMAILS, today, dutyCycle, EmailDay.class),
        days(handle, OUTCOMES, today, dutyCycle, OutcomeDay.class),
        days(handle, SUPPRESSIONS, today, dutyCycle, SuppressionDay.class));
  }

  /** Counts the seven times 24 hours until then, one by one. */
  private static Week week(Handle handle, OffsetDateTime until, DutyCycle dutyCycle) {
    return handle.inTransaction(
        counting -> {
          Week week = new Week(0, 0, 0, 0);
          for (int day = 0; day < 7; day++) {
            week =
                week.plus(
                    counting
                        .createQuery(DAY_OF_WEEK)
                        .bind("until", until.minusDays(day))
                        .mapTo(Week.class)
                        .one());
            dutyCycle.rest();
          }
          return week;
        });
  }

  /** Reads the last {@value #DAYS} days, the newest first, one by one. */
  private static <T> List<T> days(
      Handle handle, String sql, LocalDate today, DutyCycle dutyCycle, Class<T> type) {
    return handle.inTransaction(
        counting -> {
          List<T> rows = new ArrayList<>();
          for (int back = 0; back < DAYS && rows.size() < MAX_ROWS; back++) {
            OffsetDateTime day = today.minusDays(back).atStartOfDay().atOffset(ZoneOffset.UTC);
            counting
                .createQuery(sql)
                .bind("from", day)
                .bind("until", day.plusDays(1))
                .mapTo(type)
                .forEach(rows::add);
            dutyCycle.rest();
          }
          return List.copyOf(rows);
        });
  }
}
