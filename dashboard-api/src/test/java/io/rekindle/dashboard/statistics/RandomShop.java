package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.util.Map;
import java.util.Random;

/**
 * A database with a random shop. It has a history of 200 days, so that each period of up to 90 days
 * has a whole time before it. The seed is printed.
 */
final class RandomShop {

  private RandomShop() {}

  static TestDatabase create() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("Seed of the random shop: " + seed);
    TestDatabase database = new TestDatabase();
    database.execute(
        """
        select setseed(%s);
        create temp table clients as
        select 'u' || n as user_id, 1 + (random() * 8)::int as changes, random() as luck
        from generate_series(1, 400) n;
        insert into shop.users (user_id, email, marketing_consent, created_at)
        select user_id, case when luck < 0.9 then user_id || '@example.org' end, luck > 0.2,
               now() - interval '250 days'
        from clients;
        insert into shop.orders (order_id, user_id, placed_at, amount, refunded_amount, status)
        select 'o' || n || user_id, user_id, at, round((exp(random() * 4) * 10)::numeric, 2),
               0, case when random() < 0.1 then 'CANCELLED' else 'PLACED' end
        from clients, generate_series(1, 12) n,
             lateral (select now() - random() * interval '220 days' - n * interval '1 second' as at) t;

        create temp table instants as
        select user_id, row_number() over (partition by user_id order by at) as revision, at
        from (
          select c.user_id, now() - random() * interval '199 days' as at
          from clients c, generate_series(1, c.changes)
          union all select user_id, now() - interval '200 days' - random() * interval '1 hour' from clients) t
        -- Not within minutes of the end of the time before a period, which moves during the test.
        where abs(extract(epoch from at::time) - extract(epoch from now()::time)) > 600;
        select engagement.ensure_score_history(now() - interval '202 days', now());
        create temp table drawn as
        select user_id, revision, at, random() < 0.4 as at_risk, round((random() * 100)::numeric, 1) as score,
               (array['LOST', 'CANT_LOSE', 'AT_RISK', 'LOYAL', 'HIBERNATING'])[1 + floor(random() * 5)::int] as segment,
               (array['ORDER_PLACED', 'TIME_PASSED'])[1 + floor(random() * 2)::int] as cause
        from instants;
        insert into engagement.score_history
          (user_id, as_of, revision, score, band, segment, at_risk, previous_score, previous_at_risk,
           cause, policy_version)
        select user_id, at, revision, score, 'LOW', segment, at_risk,
               lag(score) over w, lag(at_risk) over w, cause, 'cadence-v1'
        from drawn window w as (partition by user_id order by revision);
        insert into engagement.user_scores
          (user_id, score, band, segment, order_count, at_risk, at_risk_since, value_at_stake, as_of, revision,
           policy_version)
        select distinct on (user_id) user_id, score, 'LOW', segment, 3, at_risk,
               case when at_risk then at end, round((random() * 50)::numeric, 2), at, revision, 'cadence-v1'
        from drawn order by user_id, revision desc;

        insert into engagement.risk_episodes
          (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision)
        select 'e' || user_id || revision, user_id, at, at, 'cadence-v1', at, revision
        from drawn where at_risk;
        insert into engagement.outreach_decisions
          (decision_id, episode_id, user_id, decision, reason, decided_at, experiment_id, arm,
           policy_version, inputs)
        select 'd' || episode_id, episode_id, user_id, decision,
               case when decision = 'SKIP'
                 then (array['NO_CONSENT', 'STALE', 'OVER_DAILY_CAP'])[1 + floor(random() * 3)::int]
                 else 'AT_RISK' end,
               noticed_at + interval '1 second', case when noticed_at < now() - interval '40 days' then 'first' else 'second' end,
               case decision when 'EMAIL' then 'warm' when 'HOLDOUT' then 'HOLDOUT' end, 'cadence-v1', '{}'
        from (
          select *, (array['EMAIL', 'EMAIL', 'EMAIL', 'HOLDOUT', 'SKIP'])[1 + floor(random() * 5)::int] as decision
          from engagement.risk_episodes where random() < 0.95 offset 0) d;
        insert into engagement.emails
          (email_id, episode_id, decision_id, user_id, status, generated_by, cost_usd, generated_at, sent_at)
        select 'm' || decision_id, episode_id, decision_id, user_id, status,
               (array['LLM', 'TEMPLATE'])[1 + floor(random() * 2)::int], round((random() / 100)::numeric, 5), decided_at + interval '2 seconds',
               case when status = 'SENT' then least(now(), decided_at + interval '3 seconds' + random() * interval '20 hours') end
        from (
          select *, (array['SENT', 'SENT', 'SENT', 'CANCELLED', 'FAILED', 'READY'])[1 + floor(random() * 6)::int] as status
          from engagement.outreach_decisions where decision = 'EMAIL' and random() < 0.9 offset 0) d;
        insert into engagement.emails (email_id, user_id, status, generated_by, generated_at, sent_at)
        select 'x' || n, 'u1', 'SENT', 'EXTERNAL', at, at
        from generate_series(1, 90) n, lateral (select now() - random() * interval '180 days' + n * interval '0 s' as at) t;
        -- The same distance for what was sent.
        delete from engagement.emails
        where abs(extract(epoch from sent_at::time) - extract(epoch from now()::time)) <= 600;
        insert into engagement.pipeline_progress (subtask, parallelism, watermark) values (0, 1, now());
        """
            .formatted(new Random(seed).nextDouble()));
    return database;
  }

  /** A dashboard over it that does not reconstruct the past. */
  static TestDashboard dashboard(TestDatabase database) throws Exception {
    return TestDashboard.start(
        database,
        Map.of(
            "REKINDLE_DASHBOARD_RECONSTRUCTION",
            "false",
            "REKINDLE_DASHBOARD_MESSAGE_COST_USD",
            "0.0004"));
  }
}
