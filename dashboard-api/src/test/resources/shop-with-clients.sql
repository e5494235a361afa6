-- A shop of 240 clients with three months of scores, orders and outreach, the same at every run but
-- for the present instant. A client's number decides everything about them.

select engagement.ensure_score_history(now() - interval '120 days', now() + interval '1 day');

create temp table client as
select i, 'c' || lpad(i::text, 3, '0') as user_id,
  (array['Ada','Grace','Annie','Karen','Radia','Hedy','Joan','Mary','Evelyn','Sophie','Łucja','Ingrid','Noor','Mei','Aiko','Zoë'])[1 + i % 16]
    || ' ' ||
  (array['Byron','Hopper','Easley','Jones','Perlman','Lamarr','Clarke','Allen','Boyd','Wilson','Nowak','Berg','Haddad','Lin','Sato'])[1 + i % 15] as name,
  case when i % 29 = 0 then null else (i * 37) % 101 end as score,
  interval '1 day' * ((i * 7) % 200) + interval '1 hour' * (i % 24) as silent
from generate_series(1, 240) i;

insert into shop.users (user_id, email, name, preferred_categories, time_zone, locale, marketing_consent, created_at)
select user_id, user_id || '@example.org', name, array['books', 'tea'], 'Europe/Warsaw', 'en', i % 9 <> 0,
  now() - interval '500 days' + interval '1 day' * i
from client;

insert into shop.orders (order_id, user_id, placed_at, amount, refunded_amount, currency, status, category)
select 'o-' || i || '-' || k, user_id, now() - silent - interval '23 days' * k - interval '2 hours',
  20 + (i * 13 + k * 7) % 90, case when (i + k) % 17 = 0 then 10 else 0 end, 'EUR',
  case when (i + k) % 23 = 0 then 'CANCELLED' else 'PLACED' end, (array['books', 'tea', 'garden'])[1 + (i + k) % 3]
from client, generate_series(0, 5) k
where score is not null and k <= i % 6;

insert into engagement.user_scores (user_id, score, band, segment, recency_points, rhythm_points, frequency_points,
  value_points, contact_points, order_probability, value_at_stake, order_count, average_order_value, last_order_at, usual_gap_ms, at_risk, at_risk_since,
  next_change_at, overridden, computed_score, last_contact_at, as_of, revision, policy_version)
select user_id, score,
  case when score is null then 'PROSPECT' when score >= 75 then 'HEALTHY' when score >= 50 then 'COOLING' when score >= 25 then 'LOW' else 'LAPSED' end,
  case when score is null then 'PROSPECT' when score < 10 then 'LOST' when score < 50 and i % 3 = 0 then 'CANT_LOSE' when score < 30 then 'HIBERNATING'
    when score < 50 then 'AT_RISK' when score >= 85 then 'CHAMPION' when score >= 65 then 'LOYAL' when i % 4 = 0 then 'NEW' else 'NEEDS_ATTENTION' end,
  floor(score * 0.3), floor(score * 0.3), floor(score * 0.3), score - 3 * floor(score * 0.3), null, round(score / 120, 3), round((100 - score) * 0.37, 2),
  case when score is null then 0 else 1 + i % 6 end, case when score is null then null else 31.5 + i % 40 end,
  case when score is null then null else now() - silent end, case when score is null then 0 else 86400000::bigint * (14 + i % 40) end,
  coalesce(score < 50, false), case when score < 50 then now() - interval '1 day' * (i % 40) - interval '3 hours' end,
  case when score is null then null else now() + interval '1 day' * (1 + i % 9) end,
  false, score, null, now() - interval '1 minute', 10, 'cadence-v1'
from client;

insert into engagement.score_history (user_id, as_of, revision, score, band, segment, at_risk, recency_points, rhythm_points,
  frequency_points, value_points, previous_score, previous_band, previous_at_risk, cause, cause_id, policy_version)
select user_id, as_of, k, s, band, segment, s < 50, floor(s * 0.3), floor(s * 0.3), floor(s * 0.3), s - 3 * floor(s * 0.3),
  lag(s) over w, lag(band) over w, lag(s < 50) over w,
  case when s > lag(s) over w then 'ORDER_PLACED' else 'TIME' end, null, 'cadence-v1'
from (
  select user_id, k, now() - interval '13 days' * k - interval '5 hours' * (i % 70) as as_of,
    case when k = 0 then score when i % 4 = 0 then greatest(0, score - 9 * k) else least(100, score + 11 * k) end as s,
    'COOLING' as band, 'LOYAL' as segment
  from client, generate_series(0, 5) k where score is not null) changes
window w as (partition by user_id order by as_of);

-- Episodes: of those at risk now, and older ones of others, which are over.
create temp table episode as
select i, user_id, name, score, now() - interval '1 day' * (i % 40) - interval '3 hours' as opened_at, true as open, 'e-now-' || i as episode_id
from client where score < 50
union all
select i, user_id, name, 40, now() - interval '18 days' - interval '1 day' * (i % 30), false, 'e-old-' || i
from client where score >= 50;

insert into engagement.risk_episodes (episode_id, user_id, opened_at, noticed_at, closed_at, close_reason, score_at_opening, policy_version, as_of, revision)
select episode_id, user_id, opened_at, opened_at + interval '1 second', case when open then null else opened_at + interval '9 days' end,
  case when open then null else 'RECOVERED' end, score, 'cadence-v1', opened_at + interval '1 second', 1
from episode;

insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision, reason, decided_at, experiment_id, arm, score, policy_version, inputs)
select replace(episode_id, 'e-', 'd-'), episode_id, user_id,
  case when i % 9 = 0 or i % 11 = 0 then 'SKIP' when i % 7 = 0 then 'HOLDOUT' else 'EMAIL' end,
  case when i % 9 = 0 then 'NO_CONSENT' when i % 11 = 0 then (array['RECENTLY_CONTACTED', 'SUPPRESSED', 'STALE'])[1 + i % 3] else 'AT_RISK' end,
  opened_at + interval '1 second', case when i % 9 = 0 or i % 11 = 0 then null else 'default' end,
  case when i % 9 = 0 or i % 11 = 0 then null when i % 7 = 0 then 'HOLDOUT' else 'friendly' end, score, 'cadence-v1',
  jsonb_build_object('score', score, 'recency_points', floor(score * 0.3), 'rhythm_points', floor(score * 0.3), 'frequency_points', floor(score * 0.3),
    'value_points', score - 3 * floor(score * 0.3), 'contact_points', null, 'segment', 'AT_RISK', 'overridden', false, 'policy_version', 'cadence-v1',
    'opened_at', opened_at, 'order_count', 1 + i % 6, 'usual_gap_ms', 86400000::bigint * (14 + i % 40), 'consent', true, 'address', true,
    'cooldown_days', 30, 'stale_days', 14, 'daily_cap', 1000, 'experiment_id', 'default', 'holdout_share', 0.1)
from episode;

insert into shop.orders (order_id, user_id, placed_at, amount, currency)
select 'back-' || i, user_id, opened_at + interval '6 days', 35 + i % 50, 'EUR'
from episode where not open and (i % 3 = 0 or i % 10 = 0);

insert into engagement.emails (email_id, episode_id, decision_id, user_id, subject, preheader, html, text, status, status_reason, generated_by,
  fallback_reason, model_asked, model, prompt_version, schema_version, prompt_tokens, completion_tokens, cost_usd, latency_ms, calls, checks,
  experiment_id, variant, engagement_score_at_time, generated_at, sent_at, message_id)
select 'm-' || s.episode_id, s.episode_id, d.decision_id, s.user_id,
  split_part(s.name, ' ', 1) || (array[', your shelf has room for one more', ', we kept your favourite tea aside', ', a quiet evening with a good book?'])[1 + s.i % 3],
  'Three things we think you would like', '<!doctype html><html><body style="font-family:sans-serif"><h1 style="color:#8a2f10">It has been a while, '
    || split_part(s.name, ' ', 1) || '</h1><p>We noticed that you usually come by more often. Nothing is wrong, we only wanted to say hello.</p>'
    || '<p><a href="https://shop.example/books">Have a look at the new books</a></p><p style="font-size:12px;color:#666">You get this since you agreed to hear from us.</p></body></html>',
  'It has been a while, ' || split_part(s.name, ' ', 1) || E'\n\nWe noticed that you usually come by more often. Nothing is wrong, we only wanted to say hello.\n\nHave a look at the new books: https://shop.example/books\n\nYou get this since you agreed to hear from us.',
  case when s.open and s.i % 5 = 0 then 'READY' when s.i % 13 = 0 then 'CANCELLED' when s.i % 31 = 0 then 'FAILED' else 'SENT' end,
  case when s.open and s.i % 5 = 0 then null when s.i % 13 = 0 then 'ORDERED_SINCE' when s.i % 31 = 0 then 'RECIPIENT_REFUSED' end,
  case when s.i % 4 = 0 then 'TEMPLATE' else 'LLM' end, case when s.i % 4 = 0 then 'TIMEOUT' end,
  'small-writer', case when s.i % 4 = 0 then null else 'small-writer-2026' end, 'winback-v1', '1', 812, 244, 0.000431, 1840, 1,
  '[{"check": "schema", "passed": true, "detail": ""}, {"check": "links", "passed": true, "detail": ""}, {"check": "no-price", "passed": true, "detail": ""}]',
  'default', 'friendly', s.score, s.opened_at + interval '4 seconds',
  case when (s.open and s.i % 5 = 0) or s.i % 13 = 0 or s.i % 31 = 0 then null else s.opened_at + interval '20 minutes' end, null
from episode s join engagement.outreach_decisions d using (episode_id) where d.decision = 'EMAIL';

insert into engagement.deliveries (email_id, attempts, last_reply, accepted_at)
select email_id, 1, '250 2.0.0 Ok: queued', sent_at from engagement.emails where status = 'SENT';

update engagement.emails set html = html || '<script>document.title = "stolen"</script><img src="http://127.0.0.1:9/leak.png"><iframe src="http://127.0.0.1:9/leak"></iframe>',
  subject = subject || ' <script>alert(1)</script>'
where email_id = (select min(email_id) from engagement.emails where status = 'SENT');

insert into engagement.suppressions (user_id, reason, detail, created_at)
select user_id, (array['UNSUBSCRIBED', 'BOUNCED', 'UNSUBSCRIBED'])[1 + i % 3], 'By the link in an email.', now() - interval '1 day' * (i % 20)
from client where i % 37 = 0;

insert into engagement.pipeline_progress values (0, 1, now(), now());
