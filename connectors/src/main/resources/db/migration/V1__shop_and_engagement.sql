-- Two schemas. shop is the shop's own: the source of truth. engagement is ours.
-- Run by the owner of the database; the other roles get the least that each one needs.

create schema shop;
create schema engagement;

-- ---------------------------------------------------------------- shop

create function shop.touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;

create table shop.users (
  user_id              text primary key check (length(user_id) between 1 and 128),
  email                text check (length(email) <= 10000),
  name                 text check (length(name) <= 10000),
  preferred_categories text[]      not null default '{}'
                         check (length(preferred_categories::text) <= 10000),
  time_zone            text        not null default 'UTC' check (length(time_zone) <= 128),
  locale               text        not null default 'en'  check (length(locale) <= 128),
  marketing_consent    boolean     not null default false,
  created_at           timestamptz not null default now()
                         check (created_at between '0001-01-01 00:00:00Z' and '9999-12-31 00:00:00Z'),
  updated_at           timestamptz not null default now()
);

-- No foreign key to shop.users: rows are erased in any order, and the pipeline accepts an order
-- before its user, since the two travel through different topics.
create table shop.orders (
  order_id        text primary key check (length(order_id) between 1 and 128),
  user_id         text          not null check (length(user_id) between 1 and 128),
  -- A day of grace for clocks and zones; the pipeline refuses what is further ahead of its commit.
  placed_at       timestamptz   not null default now()
                    check (placed_at >= '0001-01-01 00:00:00Z' and placed_at <= now() + interval '1 day'),
  -- NaN counts as greater than every number.
  amount          numeric(14,2) not null check (amount between 0 and 999999999999.99),
  refunded_amount numeric(14,2) not null default 0
                    check (refunded_amount between 0 and 999999999999.99),
  currency        char(3)       not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  status          text          not null default 'PLACED' check (status in ('PLACED', 'CANCELLED')),
  category        text          check (length(category) <= 10000),
  updated_at      timestamptz   not null default now()
);
create index orders_user_id on shop.orders (user_id);
-- The whole old row travels with every change: moves and refunds are seen for what they are.
alter table shop.orders replica identity full;

create trigger users_touch before update on shop.users
  for each row execute function shop.touch_updated_at();
create trigger orders_touch before update on shop.orders
  for each row execute function shop.touch_updated_at();

-- ---------------------------------------------------------------- engagement: captured

-- One row per (data topic, partition). The heartbeat touches them all; each row's change is routed
-- to the partition that it names and proves that partition complete up to its commit.
create table engagement.clock (
  topic     text not null,
  partition int  not null check (partition >= 0),
  beat      timestamptz not null default now(),
  primary key (topic, partition)
) with (fillfactor = 50);

create table engagement.scoring_policies (
  policy_version text primary key check (length(policy_version) between 1 and 128),
  document       jsonb       not null,
  active         boolean     not null default false,
  created_by     text        not null default current_user,
  created_at     timestamptz not null default now(),
  activated_at   timestamptz
);
create unique index one_active_policy on engagement.scoring_policies (active) where active;
alter table engagement.scoring_policies replica identity full;

create function engagement.activate_policy(version text) returns void language plpgsql as $$
begin
  if not exists (select 1 from engagement.scoring_policies where policy_version = version) then
    raise exception 'no scoring policy %', version;
  end if;
  update engagement.scoring_policies set active = false where active and policy_version <> version;
  update engagement.scoring_policies set active = true, activated_at = now()
    where policy_version = version and not active;
end $$;

create table engagement.score_overrides (
  user_id    text primary key check (length(user_id) between 1 and 128),
  score      int         not null check (score between 0 and 100),
  reason     text        not null default '',
  set_by     text        not null default current_user,
  set_at     timestamptz not null default now() check (isfinite(set_at)),
  expires_at timestamptz not null default now() + interval '1 day'
);
alter table engagement.score_overrides replica identity full;

-- Who is not to be written to: a person, or only one address of theirs.
create table engagement.suppressions (
  user_id    text primary key check (length(user_id) between 1 and 128),
  -- Null for the person whatever their address; a bounced address counts only while it is theirs.
  address    text check (length(address) <= 10000),
  reason     text        not null check (reason in ('UNSUBSCRIBED', 'BOUNCED', 'COMPLAINT', 'MANUAL')),
  detail     text        not null default '' check (length(detail) <= 10000),
  created_by text        not null default current_user,
  created_at timestamptz not null default now()
);
alter table engagement.suppressions replica identity full;

-- The one row of rules for outreach. Changing it takes effect on the next decision.
create table engagement.outreach_settings (
  id            int primary key default 1 check (id = 1),
  enabled       boolean     not null default true,
  cooldown_days int         not null default 30 check (cooldown_days between 0 and 3650),
  stale_days    int         not null default 14 check (stale_days between 0 and 3650),
  daily_cap     int         not null default 1000 check (daily_cap >= 0),
  -- No email leaves in these hours of the user's own day; both the same: at any hour.
  quiet_from    time        not null default '21:00',
  quiet_until   time        not null default '08:00',
  -- An experiment is a new name: who has been assigned in one stays where they are.
  experiment_id text        not null default 'default' check (length(experiment_id) between 1 and 128),
  -- Shares and weights are exact to a millionth.
  holdout_share numeric     not null default 0.1
                  check (holdout_share between 0 and 1 and holdout_share = round(holdout_share, 6)),
  variants      jsonb       not null default
    '[{"name": "friendly", "weight": 1, "prompt": "winback-v1", "tone": "warm and friendly", "offer": null}]',
  updated_by    text        not null default current_user,
  updated_at    timestamptz not null default now()
);
alter table engagement.outreach_settings replica identity full;
insert into engagement.outreach_settings default values;

create function engagement.check_variants() returns trigger language plpgsql as $$
declare
  variant jsonb;
begin
  if jsonb_typeof(new.variants) <> 'array' or jsonb_array_length(new.variants) not between 1 and 16 then
    raise exception 'variants has to be an array of 1 to 16 variants';
  end if;
  for variant in select jsonb_array_elements(new.variants) loop
    if jsonb_typeof(variant) <> 'object'
       or coalesce(variant ->> 'name', '') !~ '^[A-Za-z0-9_.-]{1,64}$'
       or variant ->> 'name' = 'HOLDOUT' then
      raise exception 'variants: each needs a name of 1 to 64 letters, digits and _.-, other than HOLDOUT: %', variant;
    end if;
    if jsonb_typeof(variant -> 'weight') is distinct from 'number'
       or (variant ->> 'weight')::numeric not between 0 and 1000000
       or (variant ->> 'weight')::numeric <> round((variant ->> 'weight')::numeric, 6) then
      raise exception 'variants: weight of % has to be a number from 0 to 1000000 with at most 6 decimals',
        variant ->> 'name';
    end if;
    if coalesce(variant ->> 'prompt', '') !~ '^[a-z0-9-]{1,64}$' then
      raise exception 'variants: prompt of % has to name a prompt, such as winback-v1', variant ->> 'name';
    end if;
    if coalesce(jsonb_typeof(variant -> 'tone'), 'null') not in ('string', 'null')
       or coalesce(jsonb_typeof(variant -> 'offer'), 'null') not in ('string', 'null')
       or length(variant ->> 'tone') > 500 or length(variant ->> 'offer') > 500 then
      raise exception 'variants: tone and offer of % have to be texts of at most 500 characters', variant ->> 'name';
    end if;
  end loop;
  if (select count(distinct v ->> 'name') <> count(*) from jsonb_array_elements(new.variants) v) then
    raise exception 'variants: two have the same name';
  end if;
  if (select sum((v ->> 'weight')::numeric) = 0 from jsonb_array_elements(new.variants) v) then
    raise exception 'variants: at least one weight has to be above 0';
  end if;
  if tg_op = 'UPDATE' then
    new.updated_at := now();
  end if;
  return new;
end $$;
create trigger outreach_settings_check before insert or update on engagement.outreach_settings
  for each row execute function engagement.check_variants();

-- Every experiment there was, as it was last set.
create table engagement.experiments (
  experiment_id text primary key,
  holdout_share numeric     not null,
  variants      jsonb       not null,
  started_at    timestamptz not null default now(),
  ended_at      timestamptz
);
create function engagement.remember_experiment() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
begin
  update engagement.experiments set ended_at = now()
    where ended_at is null and experiment_id <> new.experiment_id;
  insert into engagement.experiments (experiment_id, holdout_share, variants)
    values (new.experiment_id, new.holdout_share, new.variants)
    on conflict (experiment_id) do update
      set holdout_share = excluded.holdout_share, variants = excluded.variants, ended_at = null;
  return null;
end $$;
create trigger outreach_settings_remember after insert or update on engagement.outreach_settings
  for each row execute function engagement.remember_experiment();
insert into engagement.experiments (experiment_id, holdout_share, variants)
  select experiment_id, holdout_share, variants from engagement.outreach_settings;

create table engagement.emails (
  email_id                 text primary key default gen_random_uuid()::text
                             check (length(email_id) between 1 and 128),
  -- One email per episode, whoever tries to write a second.
  episode_id               text unique,
  decision_id              text,
  user_id                  text        not null check (length(user_id) between 1 and 128),
  subject                  text        not null default '',
  preheader                text        not null default '',
  html                     text        not null default '',
  text                     text        not null default '',
  status                   text        not null default 'READY'
    check (status in ('READY', 'SENT', 'LOGGED', 'CANCELLED', 'FAILED')),
  status_reason            text,
  generated_by             text        not null default 'EXTERNAL'
    check (generated_by in ('LLM', 'TEMPLATE', 'EXTERNAL')),
  -- Why the template wrote it although a model was to.
  fallback_reason          text,
  model_asked              text,
  model                    text,
  prompt_version           text,
  schema_version           text,
  prompt_tokens            int,
  completion_tokens        int,
  cost_usd                 numeric,
  latency_ms               bigint,
  calls                    int,
  checks                   jsonb       not null default '[]',
  experiment_id            text,
  variant                  text,
  engagement_score_at_time numeric,
  generated_at             timestamptz not null default now(),
  sent_at                  timestamptz check (isfinite(sent_at)),
  message_id               text
);
create index emails_user_id on engagement.emails (user_id);
create index emails_ready on engagement.emails (generated_at) where status = 'READY';

-- A contact has an instant, also when another system only says SENT.
create function engagement.date_contact() returns trigger language plpgsql as $$
begin
  if new.status = 'SENT' and new.sent_at is null then
    new.sent_at := now();
  end if;
  return new;
end $$;
create trigger emails_date_contact before insert or update on engagement.emails
  for each row execute function engagement.date_contact();

-- ---------------------------------------------------------------- engagement: written by the job

create table engagement.user_scores (
  user_id             text primary key,
  score               numeric,
  band                text        not null,
  segment             text        not null,
  recency_points      numeric,
  rhythm_points       numeric,
  frequency_points    numeric,
  value_points        numeric,
  contact_points      numeric,
  order_count         int         not null,
  average_order_value numeric(16,2),
  last_order_at       timestamptz,
  usual_gap_ms        bigint,
  at_risk             boolean     not null,
  at_risk_since       timestamptz,
  next_change_at      timestamptz,
  overridden          boolean     not null default false,
  computed_score      numeric,
  last_contact_at     timestamptz,
  as_of               timestamptz not null,
  revision            bigint      not null,
  policy_version      text        not null,
  written_at          timestamptz not null default clock_timestamp()
);
create index user_scores_at_risk on engagement.user_scores (at_risk_since) where at_risk;

create table engagement.score_history (
  user_id          text        not null,
  as_of            timestamptz not null,
  revision         bigint      not null,
  score            numeric,
  band             text        not null,
  segment          text        not null,
  at_risk          boolean     not null,
  recency_points   numeric,
  rhythm_points    numeric,
  frequency_points numeric,
  value_points     numeric,
  contact_points   numeric,
  overridden       boolean     not null default false,
  previous_score   numeric,
  previous_band    text,
  previous_at_risk boolean,
  cause            text        not null,
  cause_id         text,
  policy_version   text        not null,
  primary key (user_id, as_of, revision)
) partition by range (as_of);
create index score_history_as_of on engagement.score_history (as_of);

-- The months from first to last get a partition each. Called by the job before it writes a month
-- that it has not met.
create function engagement.ensure_score_history(first timestamptz, last timestamptz)
  returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  month timestamp := date_trunc('month', first at time zone 'UTC');
  part  text;
begin
  while month <= last at time zone 'UTC' loop
    part := 'score_history_' || to_char(month, 'YYYY_MM');
    if to_regclass('engagement.' || part) is null then
      perform pg_advisory_xact_lock(hashtext('engagement.score_history'));
      execute format(
        'create table if not exists engagement.%I partition of engagement.score_history '
        'for values from (%L) to (%L)',
        part, to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
    end if;
    month := month + interval '1 month';
  end loop;
end $$;

-- One silence in which a user is at risk. The id comes from user_id and opened_at, so a replay
-- finds the same episodes.
create table engagement.risk_episodes (
  episode_id       text primary key,
  user_id          text        not null,
  -- When the risk began, by the orders; noticed_at is when it could first be known.
  opened_at        timestamptz not null,
  noticed_at       timestamptz not null,
  closed_at        timestamptz,
  close_reason     text check (close_reason in ('RECOVERED', 'NO_ORDERS', 'USER_REMOVED')),
  score_at_opening numeric,
  policy_version   text        not null,
  revision         bigint      not null
);
create index risk_episodes_user_id on engagement.risk_episodes (user_id, opened_at);
create index risk_episodes_open on engagement.risk_episodes (opened_at) where closed_at is null;

create table engagement.outreach_decisions (
  decision_id    text primary key,
  episode_id     text        not null unique,
  user_id        text        not null,
  decision       text        not null check (decision in ('EMAIL', 'HOLDOUT', 'SKIP')),
  reason         text        not null,
  decided_at     timestamptz not null,
  experiment_id  text,
  -- The variant, or HOLDOUT; null for a SKIP.
  arm            text,
  score          numeric,
  policy_version text        not null,
  -- All that the decision was taken on.
  inputs         jsonb       not null
);
create index outreach_decisions_user_id on engagement.outreach_decisions (user_id);
create index outreach_decisions_decided_at on engagement.outreach_decisions (decided_at);
create index outreach_decisions_experiment on engagement.outreach_decisions (experiment_id, decided_at)
  where decision <> 'SKIP';

-- What the sender knows of an email on its way. Apart from engagement.emails, since every change of
-- that is captured.
create table engagement.deliveries (
  email_id        text primary key references engagement.emails on delete cascade,
  leased_by       text,
  leased_until    timestamptz,
  attempts        int         not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error      text,
  -- What the SMTP server answered last.
  last_reply      text,
  accepted_at     timestamptz
);

-- How far each parallel part of the job has stored its results: everything committed at or before
-- the least watermark is in user_scores.
create table engagement.pipeline_progress (
  subtask     int primary key,
  parallelism int         not null,
  watermark   timestamptz not null,
  written_at  timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- The instant up to which user_scores is complete; null until every part of the job has said so.
create view engagement.scored_until as
  with newest as (select parallelism from engagement.pipeline_progress order by written_at desc limit 1)
  select case when count(*) = max(p.parallelism) then min(p.watermark) end as scored_until,
         min(p.written_at) as written_at
  from engagement.pipeline_progress p join newest using (parallelism)
  where p.subtask < p.parallelism;

-- ---------------------------------------------------------------- what is captured

create publication rekindle for table
  shop.users, shop.orders,
  engagement.emails, engagement.score_overrides, engagement.scoring_policies, engagement.clock,
  engagement.suppressions, engagement.outreach_settings;

-- ---------------------------------------------------------------- roles

do $$
declare role_name text;
begin
  foreach role_name in array array['rekindle_cdc', 'rekindle_pipeline', 'rekindle_sender', 'rekindle_api'] loop
    if not exists (select 1 from pg_roles where rolname = role_name) then
      execute format('create role %I login', role_name);
    end if;
  end loop;
end $$;

-- cdc reads what is captured and moves the clock's hands. REPLICATION is granted by whoever runs
-- the database, since only a superuser can.
grant usage on schema shop, engagement to rekindle_cdc;
grant select on shop.users, shop.orders, engagement.emails, engagement.score_overrides,
  engagement.scoring_policies, engagement.clock, engagement.suppressions,
  engagement.outreach_settings to rekindle_cdc;
grant update (beat) on engagement.clock to rekindle_cdc;

-- pipeline writes what the job computes, and reads back only what an upsert has to compare.
grant usage on schema engagement to rekindle_pipeline;
grant select, insert, update, delete on engagement.user_scores, engagement.pipeline_progress
  to rekindle_pipeline;
grant select, insert on engagement.score_history to rekindle_pipeline;
grant select, insert, update on engagement.risk_episodes to rekindle_pipeline;
grant select, insert on engagement.outreach_decisions to rekindle_pipeline;
grant select (email_id, episode_id), insert on engagement.emails to rekindle_pipeline;
revoke execute on function engagement.ensure_score_history(timestamptz, timestamptz) from public;
grant execute on function engagement.ensure_score_history(timestamptz, timestamptz)
  to rekindle_pipeline;

-- sender takes what is ready, looks once more whether it may be sent, and says what became of it.
grant usage on schema shop, engagement to rekindle_sender;
grant select on shop.users, shop.orders, engagement.emails, engagement.outreach_settings,
  engagement.outreach_decisions, engagement.suppressions, engagement.deliveries to rekindle_sender;
grant update (status, status_reason, sent_at, message_id) on engagement.emails to rekindle_sender;
grant insert, update on engagement.suppressions, engagement.deliveries to rekindle_sender;

-- api reads everything that the dashboard shows.
grant usage on schema shop, engagement to rekindle_api;
grant select on all tables in schema shop to rekindle_api;
grant select on all tables in schema engagement to rekindle_api;
