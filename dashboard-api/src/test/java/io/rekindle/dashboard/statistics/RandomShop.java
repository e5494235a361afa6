package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.Map;
import java.util.Random;

/**
 * A database with a random shop. It has a history of 200 days, so that each period of up to 90 days
 * has a whole time before it. The seed is printed.
 */
final class RandomShop {

  private RandomShop() {}

  static TestDatabase create() throws Exception {
    long seed = Long.getLong("rekindle.seed", new Random().nextLong());
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
        update shop.users set name = initcap(user_id) || ' Berg',
          locale = (array['en', 'de-DE', 'fr-FR', 'pl'])[1 + floor(random() * 4)::int],
          preferred_categories = case when random() < 0.5 then array['books', 'tea'] else '{}' end;
        insert into shop.orders
          (order_id, user_id, placed_at, amount, refunded_amount, currency, status, category)
        select 'o' || n || user_id, user_id, at, amount,
               case when luck < 0.03 then amount when luck < 0.1 then round(amount / 3, 2) else 0 end,
               (array['EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD', 'USD', 'CHF'])[1 + floor(random() * 10)::int],
               case when random() < 0.1 then 'CANCELLED' else 'PLACED' end, 'books'
        from (
          select user_id, n, now() - random() * interval '220 days' - n * interval '1 second' as at,
                 round((exp(random() * 4) * 10)::numeric, 2) as amount, random() as luck
          from clients, generate_series(1, 12) n
          where n < 4 or length(user_id) > 2) t
        -- Days since then do not change during the test.
        where abs(extract(epoch from at::time) - extract(epoch from now()::time)) between 600 and 85800;

        -- The first nine order on one day only, some of them more than once.
        update shop.orders set placed_at = date_trunc('day', now(), 'UTC') - interval '20 days'
          + case when extract(hour from now() at time zone 'UTC') < 12 then interval '18 hours' else interval '6 hours' end
          + substr(order_id, 2, 1)::int * interval '1 minute'
        where length(user_id) = 2;

        create temp table instants as
        select user_id, row_number() over (partition by user_id order by at) as revision, at
        from (
          select c.user_id, now() - random() * interval '199 days' as at
          from clients c, generate_series(1, c.changes)
          -- The first row of each is before the times that the filter leaves out.
          union all select user_id, now() - interval '200 days 11 minutes' - random() * interval '45 minutes' from clients) t
        -- Not within minutes of the end of the time before a period, which moves during the test.
        where abs(extract(epoch from at::time) - extract(epoch from now()::time)) between 600 and 85800;
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
        where abs(extract(epoch from sent_at::time) - extract(epoch from now()::time)) not between 600 and 85800;
        insert into engagement.pipeline_progress (subtask, parallelism, watermark) values (0, 1, now());

        -- What the job knows of each client's orders, a gap of 7 to 47 days, and parts that add up.
        insert into engagement.policy_in_force (policy_version, built_in, hash, document)
        values ('cadence-v1', false, '', '{policy}'::jsonb
          || '{"currency": {"base": "EUR", "rates": {"USD": "0.9"}}}');
        update engagement.user_scores s
        set order_count = o.orders, average_order_value = o.average, last_order_at = o.last,
            usual_gap_ms = 604800000 + (luck * 40)::int * 86400000::bigint,
            recency_points = floor(score * 0.3), rhythm_points = floor(score * 0.3),
            frequency_points = floor(score * 0.3), value_points = score - 3 * floor(score * 0.3),
            computed_score = score, order_probability = round(score / 120, 3),
            next_change_at = now() + interval '3 days',
            last_contact_at = (select max(sent_at) from engagement.emails e where e.user_id = s.user_id)
        from (
          select user_id, random() as luck, count(*) as orders, max(placed_at) as last,
                 round(avg((amount - refunded_amount) * case currency when 'EUR' then 1 when 'USD' then 0.9 else 0 end), 2) as average
          from shop.orders where status = 'PLACED' and amount > refunded_amount group by user_id) o
        where o.user_id = s.user_id;
        insert into shop.users (user_id, marketing_consent, created_at)
        select 'p' || n, true, now() - interval '9 days' from generate_series(1, 15) n;
        insert into engagement.user_scores
          (user_id, band, segment, order_count, at_risk, as_of, revision, policy_version)
        select 'p' || n, 'PROSPECT', 'PROSPECT', 0, false, now(), 1, 'cadence-v1'
        from generate_series(1, 10) n;

        insert into engagement.content_versions
          (content_version, variant, prompt, tone, brand_version, review, first_used_at)
        values ('aaaaaaaa', 'warm', 'winback-v1', 'warm', 1, 'APPROVED', now() - interval '100 days'),
               ('bbbbbbbb', 'warm', 'winback-v1', 'short', 1, 'WAITING', now() - interval '30 days');
        update engagement.emails set
          subject = 'Hello', text = 'Hello', html = '<p>Hello</p>', variant = 'warm',
          status_reason = case status when 'CANCELLED' then (array['ORDERED_SINCE', 'NO_CONSENT'])[1 + floor(random() * 2)::int]
            when 'FAILED' then 'RECIPIENT_REFUSED' end,
          content_version = case when generated_at < now() - interval '30 days' then 'aaaaaaaa' else 'bbbbbbbb' end,
          engagement_score_at_time = round((random() * 100)::numeric, 1),
          fallback_reason = case when generated_by = 'TEMPLATE' and random() < 0.5 then 'TIMEOUT' end,
          model = case generated_by when 'LLM' then 'small-writer' end,
          prompt_tokens = case generated_by when 'LLM' then 500 + (random() * 1000)::int end,
          completion_tokens = case generated_by when 'LLM' then 100 + (random() * 200)::int end,
          latency_ms = case generated_by when 'LLM' then 700 + (random() * 2000)::int end,
          calls = case generated_by when 'LLM' then 1 + (random() * 2)::int else 0 end
        where generated_by <> 'EXTERNAL';
        insert into engagement.deliveries (email_id, attempts, next_attempt_at)
        select email_id, 1 + (random() * 3)::int, now() + interval '1 hour' from engagement.emails
        where generated_by <> 'EXTERNAL' and random() < 0.8;
        update engagement.review_settings set review_first = 5, four_eyes_above = 10;
        insert into engagement.suppressions (user_id, reason, detail)
        values ('p15', 'MANUAL', 'The person was erased.');
        insert into engagement.suppressions (user_id, address, reason, created_at)
        select user_id, case when random() < 0.3 then user_id || '@example.org' end,
               (array['UNSUBSCRIBED', 'BOUNCED', 'COMPLAINT', 'MANUAL'])[1 + floor(random() * 4)::int],
               now() - random() * interval '100 days' - interval '10 minutes'
        from clients where luck > 0.88;

        insert into engagement.experiments (experiment_id, holdout_share, variants, started_at, ended_at)
        select 'first', 0.25, variants, now() - interval '200 days', now() - interval '40 days'
        from (select '[{"name": "warm", "weight": 1, "prompt": "winback-v1", "tone": null, "offer": null}]'::jsonb as variants) v;
        update engagement.outreach_settings set experiment_id = 'second', holdout_share = 0.25,
          variants = '[{"name": "warm", "weight": 1, "prompt": "winback-v1", "tone": null, "offer": null}]';
        -- Some wait for the end of quiet hours under these settings, others for a mail server.
        update engagement.deliveries d set
          last_error = case when luck < 0.5 then 'quiet hours' when luck < 0.7 then 'the server refuses us: 421' end,
          held_under = case when luck < 0.5 then o.updated_at end
        from (select email_id, random() as luck from engagement.emails where status = 'READY') e,
          engagement.outreach_settings o
        where d.email_id = e.email_id;
        insert into engagement.audiences (audience, filter)
        values ('slipping', '{"atRisk": "true", "winnable": "true"}'), ('german', '{"language": "de"}'),
               ('large', '{"stakeMin": "25", "consent": "true"}');
        insert into engagement.calibrations
          (month, sampled_at, horizon_days, policy_version, experiment_id, clients, expected, happened, brier, evaluated_at)
        select date_trunc('month', now() - n * interval '1 month')::date, now() - n * interval '1 month', 90,
               'cadence-v1', 'first', clients, clients * random(), (clients * random())::int, random(), now()
        from (select n, 40 + (random() * 200)::int as clients from generate_series(4, 7) n) c;
        insert into engagement.clock (topic, partition) values ('rekindle.cdc.shop.orders', 0);
        """
            .formatted(new Random(seed).nextDouble())
            .replace("{policy}", ScoringPolicy.builtIn("cadence-v1").json().replace("'", "''")));
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
