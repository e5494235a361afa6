package io.rekindle.dashboard.statistics;

import io.rekindle.scoring.policy.Segment;
import org.jdbi.v3.core.Handle;

/** Counts the clients at risk who ordered often, and what may be done for them. */
final class TodayQuery {

  // Those who may be emailed are those for whom the job would decide so: no obstacle, no email
  // about
  // this risk, no recent contact, and not held out.
  private static final String SQL =
      """
      with best as (
        select s.user_id, s.value_at_stake, m.status, m.email_id,
               engagement.contact_obstacle(
                 u.marketing_consent, u.email, x.user_id is not null, x.address) as obstacle,
               engagement.contact_timing_obstacle(
                 s.at_risk_since, o.stale_days, s.last_contact_at, o.cooldown_days, now())
                 as timing,
               coalesce(d.decision = 'HOLDOUT',
                 engagement.held_out(o.experiment_id, s.user_id, o.holdout_share)) as held_out
        from engagement.user_scores s
        cross join engagement.outreach_settings o
        left join shop.users u on u.user_id = s.user_id
        left join engagement.suppressions x on x.user_id = s.user_id
        left join lateral (
          select episode_id from engagement.risk_episodes r
          where r.user_id = s.user_id and r.closed_at is null
          order by opened_at desc limit 1) e on true
        left join engagement.outreach_decisions d on d.episode_id = e.episode_id
        left join engagement.emails m on m.episode_id = e.episode_id
        where s.facet_code between engagement.facet_code(:segment, '', false)
            and engagement.facet_code(:segment, 'PROSPECT', true)
          and s.segment = :segment and s.at_risk)
      select clock_timestamp() as as_of,
             (select not enabled from engagement.outreach_settings) as paused,
             count(*) as clients, sum(value_at_stake) as stake,
             count(*) filter (where status = 'SENT') as emailed,
             count(*) filter (where status = 'READY') as waiting,
             count(*) filter (where obstacle is null and timing is null and not held_out
                              and email_id is null) as contactable,
             count(*) filter (where obstacle is not null) as unreachable,
             sum(value_at_stake) filter (where obstacle is not null) as unreachable_stake,
             (select count(*)
              from engagement.emails m join engagement.deliveries d using (email_id)
              where m.status = 'READY' and d.held_under is not null
                and d.next_attempt_at > now()) as held
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
