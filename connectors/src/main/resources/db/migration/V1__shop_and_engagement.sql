-- Two schemas. shop is the shop's own: the source of truth. engagement is ours.
-- Run by the owner of the database; the three other roles get the least that each one needs.

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

create table engagement.emails (
  email_id                 text primary key default gen_random_uuid()::text
                             check (length(email_id) between 1 and 128),
  episode_id               text unique,
  user_id                  text        not null check (length(user_id) between 1 and 128),
  subject                  text        not null default '',
  html                     text        not null default '',
  text                     text        not null default '',
  status                   text        not null default 'READY',
  generated_by             text        not null default 'EXTERNAL',
  model                    text,
  engagement_score_at_time numeric,
  generated_at             timestamptz not null default now(),
  sent_at                  timestamptz check (isfinite(sent_at))
);
create index emails_user_id on engagement.emails (user_id);

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
  engagement.emails, engagement.score_overrides, engagement.scoring_policies, engagement.clock;

-- ---------------------------------------------------------------- roles

do $$
declare role_name text;
begin
  foreach role_name in array array['rekindle_cdc', 'rekindle_pipeline', 'rekindle_api'] loop
    if not exists (select 1 from pg_roles where rolname = role_name) then
      execute format('create role %I login', role_name);
    end if;
  end loop;
end $$;

-- cdc reads what is captured and moves the clock's hands. REPLICATION is granted by whoever runs
-- the database, since only a superuser can.
grant usage on schema shop, engagement to rekindle_cdc;
grant select on shop.users, shop.orders, engagement.emails, engagement.score_overrides,
  engagement.scoring_policies, engagement.clock to rekindle_cdc;
grant update (beat) on engagement.clock to rekindle_cdc;

-- pipeline writes what the job computes, and reads back only what an upsert has to compare.
grant usage on schema engagement to rekindle_pipeline;
grant select, insert, update, delete on engagement.user_scores, engagement.pipeline_progress
  to rekindle_pipeline;
grant select, insert on engagement.score_history to rekindle_pipeline;
revoke execute on function engagement.ensure_score_history(timestamptz, timestamptz) from public;
grant execute on function engagement.ensure_score_history(timestamptz, timestamptz)
  to rekindle_pipeline;

-- api reads everything that the dashboard shows.
grant usage on schema shop, engagement to rekindle_api;
grant select on all tables in schema shop to rekindle_api;
grant select on all tables in schema engagement to rekindle_api;
