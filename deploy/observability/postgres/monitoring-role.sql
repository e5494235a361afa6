-- The role that postgres_exporter signs in as; run once by the owner of the database, who has to be
-- allowed to grant pg_monitor. It sees instants and counts, and no name, address or text. Give
-- it a password by \password rekindle_monitor.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'rekindle_monitor') then
    create role rekindle_monitor login;
  end if;
end $$;
grant pg_monitor to rekindle_monitor;
grant usage on schema engagement to rekindle_monitor;
grant select on engagement.scored_until, engagement.pipeline_progress, engagement.clock,
  engagement.capture_faults, engagement.calibration_history
  to rekindle_monitor;
grant select (decision, reason, decided_at) on engagement.outreach_decisions to rekindle_monitor;
grant select (opened_at, closed_at, noticed_at) on engagement.risk_episodes to rekindle_monitor;
grant select (email_id, status, status_reason, generated_by, fallback_reason, generated_at, sent_at,
  cost_usd, prompt_tokens, completion_tokens, latency_ms, experiment_id)
  on engagement.emails to rekindle_monitor;
grant select (reason, created_at) on engagement.suppressions to rekindle_monitor;
grant select (email_id, attempts, next_attempt_at) on engagement.deliveries to rekindle_monitor;
grant select (trouble, finished_at) on engagement.reconstruction to rekindle_monitor;
grant select (enabled, daily_cap) on engagement.outreach_settings to rekindle_monitor;
