package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.statistics.OutreachCounts.ControlDay;
import io.rekindle.dashboard.statistics.OutreachCounts.DecisionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EpisodeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.PartOfDay;
import io.rekindle.dashboard.statistics.OutreachCounts.Queue;
import io.rekindle.dashboard.statistics.OutreachCounts.SentDay;
import io.rekindle.dashboard.statistics.OutreachCounts.SuppressionDay;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Counts decisions, emails and outcomes of the last {@value #DAYS} days and of those before. */
final class OutreachCountsQuery {

  static final int DAYS = 90;

  /** An order counts for a decision if it comes within these days. */
  static final int OUTCOME_DAYS = 14;

  private static final String CONTEXT =
      """
      select clock_timestamp() as as_of,
             (least((select min(decided_at) from engagement.outreach_decisions),
                    (select min(as_of) from engagement.score_history))
               at time zone 'UTC')::date as known_since
      """;

  // The inner query is kept apart, so that the view looks up one decision.
  private static final String EPISODES =
      """
      select (e.noticed_at at time zone 'UTC')::date as day, d.decision,
             case when d.decision = 'SKIP' then d.reason end as reason, count(*) as count,
             count(m.email_id) as written,
             count(*) filter (where m.status = 'SENT') as emailed,
             count(*) filter (where o.reactivated) as reactivated,
             coalesce(sum(o.revenue), 0) as revenue
      from engagement.risk_episodes e
      left join engagement.outreach_decisions d on d.episode_id = e.episode_id
      left join engagement.emails m on m.episode_id = e.episode_id and d.decision = 'EMAIL'
      left join lateral (
        select reactivated, revenue from engagement.email_outcomes
        where decision_id = d.decision_id and m.status = 'SENT' offset 0) o on true
      where e.noticed_at >= :from and e.noticed_at < :until
      group by 1, 2, 3
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
             sum(cost_usd) as cost_usd
      from engagement.emails
      where generated_at >= :from and generated_at < :until and generated_by <> 'EXTERNAL'
      group by 1, 2, 3, 4, 5 limit 5000
      """;

  private static final String SENT =
      """
      select (sent_at at time zone 'UTC')::date as day, generated_by <> 'EXTERNAL' as own,
             count(*) as count,
             coalesce(sum(extract(epoch from sent_at - generated_at)::float8), 0) as seconds
      from engagement.emails
      where status = 'SENT' and sent_at >= :from and sent_at < :until group by 1, 2
      """;

  private static final String OUTCOMES =
      """
      select (decided_at at time zone 'UTC')::date as day, decision, experiment_id,
             count(*) as count,
             count(*) filter (where email_status = 'SENT') as emailed,
             count(*) filter (where reactivated) as reactivated, sum(revenue) as revenue,
             sum(revenue::float8 * revenue::float8) as revenue_squares, sum(cost_usd) as cost_usd
      from engagement.email_outcomes
      where decided_at >= :from and decided_at < :until and window_closed group by 1, 2, 3
      """;

  // The first decision of a client since there is a group: the later ones depend on what it did.
  private static final String CONTROL =
      """
      select (d.decided_at at time zone 'UTC')::date as day, d.decision = 'SKIP' as control,
             count(*) as count, count(*) filter (where reactivated) as reactivated,
             sum(revenue) as revenue, sum(revenue::float8 * revenue::float8) as revenue_squares,
             sum(probability) as predicted, sum(probability * probability) as predicted_squares,
             coalesce(sum(probability) filter (where reactivated), 0) as predicted_reactivated
      from engagement.decision_outcomes d
      cross join lateral (select coalesce(order_probability, 0)::float8 as probability) p
      where d.decided_at >= :from and d.decided_at < :until and window_closed and control_share > 0
        and not exists (
          select from engagement.outreach_decisions e
          where e.user_id = d.user_id and e.control_share > 0
            and (e.decision <> 'SKIP' or e.reason = 'CONTROL_GROUP')
            and (e.decided_at, e.decision_id) < (d.decided_at, d.decision_id))
      group by 1, 2
      """;

  private static final String CONTROL_SHARE =
      "select coalesce((select control_share from engagement.outreach_settings), 0)";

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

  private static final String PART_OF_DAY =
      """
      select
        (select count(*) from engagement.emails
         where status = 'SENT' and generated_by <> 'EXTERNAL'
           and sent_at >= :from and sent_at < :until) as sent,
        count(*) as ended, count(*) filter (where reactivated) as reactivated
      from engagement.email_outcomes
      where decision = 'EMAIL'
        and decided_at >= :from::timestamptz - interval '336 hours'
        and decided_at < :until::timestamptz - interval '336 hours'
      """;

  private static final int MAX_ROWS = 5_000;

  private record Context(Instant asOf, LocalDate knownSince) {}

  OutreachCounts compute(Handle handle, DutyCycle dutyCycle) {
    Context context = handle.createQuery(CONTEXT).mapTo(Context.class).one();
    LocalDate today = context.asOf().atOffset(ZoneOffset.UTC).toLocalDate();
    // The time before a period, and the 14 days before that.
    int before = 2 * DAYS + 1;
    return new OutreachCounts(
        context.asOf(),
        context.knownSince(),
        handle.createQuery(QUEUE).mapTo(Queue.class).one(),
        days(handle, EPISODES, today, DAYS, dutyCycle, EpisodeDay.class),
        days(handle, DECISIONS, today, DAYS, dutyCycle, DecisionDay.class),
        days(handle, EMAILS, today, DAYS, dutyCycle, EmailDay.class),
        days(handle, SENT, today, before, dutyCycle, SentDay.class),
        days(handle, OUTCOMES, today, before + OUTCOME_DAYS, dutyCycle, OutcomeDay.class),
        days(handle, SUPPRESSIONS, today, DAYS, dutyCycle, SuppressionDay.class),
        days(handle, CONTROL, today, DAYS + OUTCOME_DAYS, dutyCycle, ControlDay.class),
        handle.createQuery(CONTROL_SHARE).mapTo(BigDecimal.class).one(),
        partsOfDays(handle, context.asOf(), dutyCycle));
  }

  private static Map<Integer, PartOfDay> partsOfDays(
      Handle handle, Instant asOf, DutyCycle dutyCycle) {
    Map<Integer, PartOfDay> parts = new HashMap<>();
    for (int days : Period.CHOICES) {
      if (days <= DAYS) {
        OffsetDateTime until = asOf.atOffset(ZoneOffset.UTC).minusDays(days);
        parts.put(
            days,
            handle
                .createQuery(PART_OF_DAY)
                .bind("from", until.toLocalDate().atStartOfDay().atOffset(ZoneOffset.UTC))
                .bind("until", until)
                .mapTo(PartOfDay.class)
                .one());
        dutyCycle.rest();
      }
    }
    return Map.copyOf(parts);
  }

  /** Reads the last days, the newest first, one by one. */
  private static <T> List<T> days(
      Handle handle, String sql, LocalDate today, int days, DutyCycle dutyCycle, Class<T> type) {
    return handle.inTransaction(
        counting -> {
          List<T> rows = new ArrayList<>();
          for (int back = 0; back < days && rows.size() < MAX_ROWS; back++) {
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
