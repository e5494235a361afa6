package io.rekindle.dashboard.calibration;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Evaluates the live probabilities every month by the clients of the holdout and of the permanent
 * control group, whom no email moved. At the beginning of a month it stores their probabilities,
 * and once the horizon is over it counts who ordered. Several dashboards of one database take turns
 * by a lock.
 */
public final class CalibrationLoop {

  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtext('engagement.calibrations'))";

  private static final String IS_SAMPLED =
      """
      select exists (
        select from engagement.calibrations
        where month = date_trunc('month', now() at time zone 'UTC')::date)
      """;

  /**
   * Once a month, when the scores of its beginning are stored. An arm that a client was given
   * before is kept. Each client is in the sample with the same chance, whatever the probability, so
   * all count alike. Without a holdout, a control group or probabilities there is no sample.
   */
  private static final String SAMPLE =
      """
      with sample as materialized (
        select s.user_id, s.order_probability
        from engagement.user_scores s, engagement.outreach_settings o
        where s.order_probability is not null
          and (engagement.in_control_group(o.control_salt, s.user_id, o.control_share)
            or o.holdout_share > 0 and coalesce(
              (select d.arm = 'HOLDOUT' from engagement.outreach_decisions d
                where d.user_id = s.user_id and d.experiment_id = o.experiment_id
                  and d.arm is not null
                order by d.decided_at desc limit 1),
              engagement.held_out(o.experiment_id, s.user_id, o.holdout_share)))
      ), month as (
        insert into engagement.calibrations
          (month, sampled_at, horizon_days, policy_version, model_version, experiment_id)
        select date_trunc('month', now() at time zone 'UTC')::date, now(),
               coalesce(p.model #>> '{probability,horizonDays}',
                        p.document #>> '{probability,horizonDays}', '90')::int,
               p.policy_version, p.model_version, o.experiment_id
        from engagement.policy_in_force p, engagement.outreach_settings o, engagement.scored_until u
        where u.scored_until >= date_trunc('month', now(), 'UTC')
          and exists (select from sample)
        returning month)
      insert into engagement.calibration_samples (month, user_id, order_probability)
      select month.month, sample.user_id, sample.order_probability from month, sample
      """;

  /** Clients who left the shop are left out, and so are those who were emailed meanwhile. */
  private static final String EVALUATE =
      """
      with due as (
        select month, sampled_at, sampled_at + horizon_days * interval '24 hours' as until
        from engagement.calibrations
        where evaluated_at is null and sampled_at + horizon_days * interval '24 hours' <= now()
      ), outcome as (
        select due.month, s.order_probability::float8 as probability,
               exists (
                 select from shop.orders o
                 where o.user_id = s.user_id and o.placed_at > due.sampled_at
                   and o.placed_at <= due.until
                   and o.status = 'PLACED' and o.amount > o.refunded_amount) as ordered
        from due
        join engagement.calibration_samples s using (month)
        join shop.users u on u.user_id = s.user_id
        where not exists (
          select from engagement.emails e
          where e.user_id = s.user_id and e.sent_at > due.sampled_at and e.sent_at <= due.until)
      ), figures as (
        select month, count(*) as clients, sum(probability) as expected,
               count(*) filter (where ordered) as happened,
               avg((probability - ordered::int) ^ 2) as brier
        from outcome group by month
      )
      update engagement.calibrations c
      set clients = coalesce(f.clients, 0), expected = coalesce(f.expected, 0),
          happened = coalesce(f.happened, 0), brier = f.brier, evaluated_at = now()
      from due left join figures f using (month)
      where c.month = due.month
      """;

  private static final String FORGET =
      """
      delete from engagement.calibration_samples s using engagement.calibrations c
      where c.month = s.month and c.evaluated_at is not null
      """;

  private CalibrationLoop() {}

  /**
   * Makes the loop, which begins with {@link BackgroundLoop#start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public static BackgroundLoop over(Jdbi jdbi) {
    return new BackgroundLoop(
        "calibration",
        PAUSE,
        () -> {
          jdbi.useTransaction(CalibrationLoop::evaluateAndSample);
          return true;
        });
  }

  /** Evaluates what is due, and takes the sample of the month if there is none yet. */
  static void evaluateAndSample(Handle handle) {
    handle.execute(LOCK);
    handle.execute(EVALUATE);
    handle.execute(FORGET);
    if (!handle.createQuery(IS_SAMPLED).mapTo(Boolean.class).one()) {
      handle.execute(SAMPLE);
    }
  }
}
