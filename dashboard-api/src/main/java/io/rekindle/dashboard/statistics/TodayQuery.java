package io.rekindle.dashboard.statistics;

import io.rekindle.scoring.policy.Segment;
import org.jdbi.v3.core.Handle;

/** Counts the clients at risk who ordered often, and what may be done for them. */
final class TodayQuery {

  /** What holds an email back is as in ListedFactsQuery, which shows it of each. */
  private static final String SQL =
      """
      with rules as materialized (
        select enabled, updated_at,
          daily_cap <= (select count(*) from engagement.deliveries
              where accepted_at >= date_trunc('day', now(), 'UTC'))
            + (select count(*) from engagement.deliveries where leased_until > now()) as is_cap_used
        from engagement.outreach_settings),
      best as (
        select s.user_id, s.value_at_stake, m.status, m.email_id, c.obstacle
        from engagement.user_scores s
        join engagement.contact_now c on c.user_id = s.user_id
        left join lateral (
          select episode_id from engagement.risk_episodes r
          where r.user_id = s.user_id and r.closed_at is null
          order by opened_at desc limit 1) e on true
        left join engagement.emails m on m.episode_id = e.episode_id
        where s.facet_code between engagement.facet_code(:segment, '', false)
            and engagement.facet_code(:segment, 'PROSPECT', true)
          and s.segment = :segment and s.at_risk)
      select clock_timestamp() as as_of,
             (select not enabled from engagement.outreach_settings) as paused,
             count(*) as clients, sum(value_at_stake) as stake,
             count(*) filter (where status = 'SENT') as emailed,
             count(*) filter (where status = 'READY') as waiting,
             count(*) filter (where obstacle is null and email_id is null) as contactable,
             count(*) filter (where obstacle = 'NO_CONSENT') as without_consent,
             sum(value_at_stake) filter (where obstacle = 'NO_CONSENT') as stake_without_consent,
             (select count(*)
              from engagement.emails m
              left join engagement.deliveries d using (email_id)
              cross join rules o
              where m.status = 'READY' and o.enabled
                and case when d.next_attempt_at > now() and d.held_under is null
                      and d.last_error <> 'outreach is paused' then false
                    when d.next_attempt_at > now() and d.held_under = o.updated_at then true
                    else o.is_cap_used end) as held
      from best
      """;

  private TodayQuery() {}

  static Today.Counts compute(Handle handle) {
    return handle.inTransaction(
        counting ->
            counting
                .createQuery(SQL)
                .bind("segment", Segment.CANT_LOSE.name())
                .mapTo(Today.Counts.class)
                .one());
  }
}
