-- Two schemas. The shop owns schema shop, the source of truth. Rekindle owns schema engagement.
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
  -- Capture reads one dimension.
  preferred_categories text[]      not null default '{}'
                         check (length(preferred_categories::text) <= 10000
                           and coalesce(array_ndims(preferred_categories), 1) = 1),
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
  updated_at      timestamptz   not null default now(),
  -- When the order was cancelled, and when the last part was refunded; null if that is not known.
  -- Only the reconstruction of the past reads them.
  cancelled_at    timestamptz   check (isfinite(cancelled_at)),
  refunded_at     timestamptz   check (isfinite(refunded_at))
);
create index orders_user_id on shop.orders (user_id, placed_at);
-- The whole old row travels with every change: moves and refunds are seen for what they are.
alter table shop.orders replica identity full;

-- Dates a cancellation and a refund, unless the writer does. A writer who copies the present state of
-- orders, such as an import, does not know when they changed: it sets shop.undated_changes to 'on'.
create function shop.date_order_changes() returns trigger language plpgsql as $$
declare
  happens_now boolean := coalesce(current_setting('shop.undated_changes', true), '') <> 'on';
begin
  if new.status <> 'CANCELLED' then
    new.cancelled_at := null;
  elsif happens_now
      and old.status <> 'CANCELLED' and new.cancelled_at is not distinct from old.cancelled_at then
    new.cancelled_at := now();
  end if;
  if new.refunded_amount = 0 then
    new.refunded_at := null;
  elsif happens_now and new.refunded_amount > old.refunded_amount
      and new.refunded_at is not distinct from old.refunded_at then
    new.refunded_at := now();
  end if;
  return new;
end $$;
create trigger orders_date_changes before update on shop.orders
  for each row when (
    (new.status, new.refunded_amount) is distinct from (old.status, old.refunded_amount))
  execute function shop.date_order_changes();

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
  -- The chain of beats. The job compares each link with the last one that it saw: a gap means that
  -- changes are lost, another history that the database was restored or is another one.
  previous_beat timestamptz,
  number    bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

create table engagement.scoring_policies (
  policy_version text primary key check (length(policy_version) between 1 and 128),
  document       jsonb       not null check (length(document::text) <= 100000),
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

-- Backtests of policies. One of a fit is stored with its candidate, in one transaction.
create table engagement.backtests (
  backtest_id     bigint generated always as identity primary key,
  -- The stored policies that it compares.
  policy_versions text[]      not null,
  -- Later orders were not read.
  as_of           timestamptz not null,
  -- docs/prediction.md has its fields.
  document        jsonb       not null,
  -- A small part of the document, which the page of every client reads.
  year_ahead      jsonb generated always as (document -> 'yearAhead') stored,
  -- Whether the fit of the first policy may put it in force by itself, and why; null without a fit.
  gate            jsonb,
  ran_by          text        not null default current_user,
  ran_at          timestamptz not null default clock_timestamp()
);
create index backtests_policy_versions on engagement.backtests using gin (policy_versions);

-- Whether scheduled fits may put a policy in force by themselves, if their gate holds. One row.
create table engagement.fit_settings (
  id         int primary key default 1 check (id = 1),
  activate   boolean     not null default false,
  updated_by text        not null default current_user,
  updated_at timestamptz not null default now()
);
insert into engagement.fit_settings default values;

-- What the shop's orders give a policy whose document stays: a table of the probability of an order by
-- score, and what an order is worth. At most one model of a policy is active.
create table engagement.models (
  model_version  text primary key check (length(model_version) between 1 and 128),
  policy_version text        not null check (length(policy_version) between 1 and 128),
  document       jsonb       not null check (length(document::text) <= 100000),
  active         boolean     not null default false,
  created_by     text        not null default current_user,
  created_at     timestamptz not null default now(),
  activated_at   timestamptz
);
create unique index one_active_model on engagement.models (policy_version) where active;
alter table engagement.models replica identity full;

create function engagement.activate_model(version text) returns void language plpgsql as $$
declare
  policy text;
begin
  select policy_version into policy from engagement.models where model_version = version;
  if policy is null then
    raise exception 'no model %', version;
  end if;
  update engagement.models set active = false
    where active and policy_version = policy and model_version <> version;
  update engagement.models set active = true, activated_at = now()
    where model_version = version and not active;
end $$;

-- The upper 53 bits of SHA-256 over a name, a zero byte and a user: a number below 2^53.
create function engagement.place_of(name bytea, user_id text)
  returns bigint language sql immutable parallel safe as $$
  select ('x' || encode(substring(sha256(name || '\x00'::bytea || convert_to(user_id, 'UTF8')) for 7),
      'hex'))::bit(56)::bigint >> 3
$$;

-- Whether a user belongs to the holdout of an experiment, as the job assigns it. An arm that a decision
-- has given already counts first.
create function engagement.held_out(experiment_id text, user_id text, holdout_share numeric)
  returns boolean language sql immutable parallel safe as $$
  select engagement.place_of(convert_to(experiment_id, 'UTF8'), user_id)
    < holdout_share * 9007199254740992
$$;

-- Whether a user belongs to the permanent control group, which outreach never writes to, as the Java
-- class ContactRule states it. No text has a zero byte, so no experiment divides users in the same way.
create function engagement.in_control_group(control_salt text, user_id text, control_share numeric)
  returns boolean language sql immutable parallel safe as $$
  select case when control_share > 0 then
      engagement.place_of(convert_to('control', 'UTF8') || '\x00'::bytea
        || convert_to(control_salt, 'UTF8'), user_id) < control_share * 9007199254740992
    else false end
$$;

-- The part of all users that chance keeps from emails: the control group, and the holdout among the rest.
create function engagement.share_without_email(holdout_share numeric, control_share numeric)
  returns numeric language sql immutable parallel safe as $$
  select 1 - (1 - holdout_share) * (1 - control_share)
$$;

-- How the live probabilities of a month came true, by the clients whom chance kept from emails. The row comes
-- with the sample at the beginning of the month, and the outcome once the horizon is over.
create table engagement.calibrations (
  month          date primary key check (extract(day from month) = 1),
  sampled_at     timestamptz not null,
  horizon_days   int         not null,
  policy_version text        not null,
  model_version  text,
  experiment_id  text        not null,
  -- The clients of the sample who were not emailed meanwhile; null until it is evaluated, as are the
  -- columns below.
  clients        bigint,
  -- The sum of their probabilities, and how many of them ordered.
  expected       double precision,
  happened       bigint,
  brier          double precision,
  evaluated_at   timestamptz
);
create table engagement.calibration_samples (
  month             date not null references engagement.calibrations on delete cascade,
  user_id           text not null,
  order_probability numeric not null,
  primary key (month, user_id)
);

create table engagement.score_overrides (
  user_id    text primary key check (length(user_id) between 1 and 128),
  score      int         not null check (score between 0 and 100),
  reason     text        not null default '',
  set_by     text        not null default current_user,
  set_at     timestamptz not null default now() check (isfinite(set_at)),
  expires_at timestamptz not null default now() + interval '1 day'
);
alter table engagement.score_overrides replica identity full;

-- Addresses that reach one mailbox have one normal form: lower case, and the domain in Unicode by the
-- mapping of UTS 46 (NFKC and lower case; neither ß nor ς becomes another letter). The Java class
-- NormalAddress states the same, and the table of contact cases holds both to one answer. Lower case
-- does not depend on the database's collation.
create function engagement.decode_punycode(label text) returns text
  language plpgsql immutable strict parallel safe as $$
declare
  code_points int[] := '{}';
  cut   int := length(label) - coalesce(nullif(position('-' in reverse(label)), 0), length(label) + 1);
  place int;
  code  int := 128;
  i     int := 0;
  bias  int := 72;
  old   int; weight int; threshold int; digit int; delta int; k int;
  letter text;
begin
  -- RFC 3492 section 6.2. A label that is no Punycode stays as it is.
  for n in 1 .. greatest(cut, 0) loop
    code_points := code_points || ascii(substr(label, n, 1));
  end loop;
  place := case when cut >= 0 then cut + 2 else 1 end;
  while place <= length(label) loop
    old := i; weight := 1; k := 36;
    loop
      letter := substr(label, place, 1);
      place := place + 1;
      digit := case when letter between 'a' and 'z' collate "C" then ascii(letter) - 97
        when letter between '0' and '9' collate "C" then ascii(letter) - 22 end;
      if digit is null then return null; end if;
      i := i + digit * weight;
      threshold := least(greatest(k - bias, 1), 26);
      exit when digit < threshold;
      weight := weight * (36 - threshold);
      k := k + 36;
    end loop;
    delta := i - old;
    delta := delta / case when old = 0 then 700 else 2 end;
    delta := delta + delta / (coalesce(array_length(code_points, 1), 0) + 1);
    k := 0;
    while delta > 455 loop
      delta := delta / 35;
      k := k + 36;
    end loop;
    bias := k + 36 * delta / (delta + 38);
    code := code + i / (coalesce(array_length(code_points, 1), 0) + 1);
    i := i % (coalesce(array_length(code_points, 1), 0) + 1);
    code_points := code_points[:i] || code || code_points[i + 1:];
    i := i + 1;
  end loop;
  return (select string_agg(chr(c), '' order by n) from unnest(code_points) with ordinality u (c, n));
exception when others then
  return null;
end $$;

create function engagement.normal_unicode_address(address text) returns text
  language sql immutable strict parallel safe as $$
  select lower(normalize(parts[1], NFC) collate "pg_c_utf8") || '@' || (
    select string_agg(
      normalize(lower(normalize(
        case when label ~ '^xn--' then coalesce(engagement.decode_punycode(substr(label, 5)), label)
          else label end, NFKC) collate "pg_c_utf8"), NFKC), '.' order by n)
    from regexp_split_to_table(
      lower(translate(normalize(parts[2], NFKC), U&'\3002\00AD\200B\2060\FEFF', '.') collate "pg_c_utf8"),
      '\.') with ordinality as labels (label, n))
  from regexp_match(address, '^(.*)@([^@]*)$') as m (parts)
$$;

create function engagement.normal_address(address text) returns text
  language sql immutable parallel safe as $$
  select case when octet_length(address) = length(address) and strpos(lower(address), 'xn--') = 0
    then lower(address collate "pg_c_utf8")
    else coalesce(engagement.normal_unicode_address(address), lower(address collate "pg_c_utf8")) end
$$;

-- What stands for an address where it is compared. Of a hash, no other has a copy of the address, and
-- an index takes any. The second key leaves out what stands behind a plus sign (sub-addressing).
create function engagement.address_key(address text) returns uuid
  language sql immutable parallel safe as $$
  select md5(engagement.normal_address(address))::uuid
$$;

create function engagement.mailbox_key(address text) returns uuid
  language sql immutable parallel safe as $$
  select md5(regexp_replace(engagement.normal_address(address), '^([^@+]+)[+][^@]*@', '\1@'))::uuid
$$;

-- Who is not to be written to: a person, or only one address of theirs. Any account with the address
-- is not written to either: engagement.suppressions_of.
create table engagement.suppressions (
  user_id    text primary key check (length(user_id) between 1 and 128),
  -- Null for the person whatever their address; a bounced address counts only while it is theirs.
  address    text check (length(address) <= 10000),
  reason     text        not null check (reason in ('UNSUBSCRIBED', 'BOUNCED', 'COMPLAINT', 'MANUAL')),
  detail     text        not null default '' check (length(detail) <= 10000),
  created_by text        not null default current_user,
  created_at timestamptz not null default now(),
  -- Of the address, or of the one that the person had; null if there was none.
  address_key uuid,
  mailbox_key uuid
);
alter table engagement.suppressions replica identity full;
create index suppressions_mailbox on engagement.suppressions (mailbox_key)
  where mailbox_key is not null;

create function engagement.key_suppression() returns trigger
  language plpgsql security definer set search_path = pg_catalog as $$
declare
  known text := coalesce(new.address,
    (select u.email from shop.users u where u.user_id = new.user_id));
begin
  if known is not null then
    new.address_key := engagement.address_key(known);
    new.mailbox_key := engagement.mailbox_key(known);
  end if;
  return new;
end $$;
create trigger suppressions_key before insert or update of user_id, address, reason
  on engagement.suppressions for each row execute function engagement.key_suppression();

-- The one row of rules for outreach. Changing it takes effect on the next decision.
create table engagement.outreach_settings (
  id            int primary key default 1 check (id = 1),
  enabled       boolean     not null default true,
  cooldown_days int         not null default 30 check (cooldown_days between 0 and 3650),
  stale_days    int         not null default 14 check (stale_days between 0 and 3650),
  daily_cap     int         not null default 1000 check (daily_cap >= 0),
  -- Whether ada+shop@example.com and ada@example.com count as one address.
  fold_subaddresses boolean not null default false,
  -- Who gets the emails of a day: the first, or at the end of the day those with the most at stake.
  cap_order     text        not null default 'FIRST_DECIDED'
                  check (cap_order in ('FIRST_DECIDED', 'VALUE_AT_STAKE')),
  -- No email leaves in these hours of the user's own day; both the same: at any hour.
  quiet_from    time        not null default '21:00',
  quiet_until   time        not null default '08:00',
  -- An experiment is a new name: who has been assigned in one stays where they are.
  experiment_id text        not null default 'default' check (length(experiment_id) between 1 and 128),
  -- Shares and weights are exact to a millionth.
  holdout_share numeric     not null default 0.1
                  check (holdout_share between 0 and 1 and holdout_share = round(holdout_share, 6)),
  -- The part of all users that no outreach ever reaches, whatever experiment runs. Another salt would
  -- choose other users, and the comparison would begin anew: only the owner of the table can change it.
  control_share numeric     not null default 0
                  check (control_share between 0 and 0.2 and control_share = round(control_share, 6)),
  control_salt  text        not null default 'rekindle' check (length(control_salt) between 1 and 128),
  variants      jsonb       not null check (length(variants::text) <= 100000) default
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

-- How the shop's emails look, and who they are from. A change is a new row; the newest is in force.
create table engagement.brands (
  version      int         primary key generated always as identity,
  logo_url     text        check (logo_url ~ '^https://' and length(logo_url) <= 1000),
  -- A data: URI, which each message carries as a part of its own.
  logo_data    text        check (length(logo_data) <= 70000),
  background   text        not null check (background ~ '^#[0-9a-f]{6}$'),
  paper        text        not null check (paper ~ '^#[0-9a-f]{6}$'),
  text_color   text        not null check (text_color ~ '^#[0-9a-f]{6}$'),
  accent       text        not null check (accent ~ '^#[0-9a-f]{6}$'),
  button_text  text        not null check (button_text ~ '^#[0-9a-f]{6}$'),
  footer_text  text        not null check (footer_text ~ '^#[0-9a-f]{6}$'),
  heading_font text        not null,
  body_font    text        not null,
  footer       text        check (length(footer) <= 1000),
  -- Null for those of the sender's settings.
  sender_name  text        check (length(sender_name) <= 200),
  reply_to     text        check (length(reply_to) <= 320),
  created_by   text        not null default current_user,
  created_at   timestamptz not null default now(),
  check (logo_url is null or logo_data is null)
);
insert into engagement.brands
    (background, paper, text_color, accent, button_text, footer_text, heading_font, body_font)
  values ('#f4f1ec', '#ffffff', '#2b2622', '#7a3b1d', '#ffffff', '#6b625a', 'GEORGIA', 'HELVETICA');

-- What has to be approved before it leaves, and who gets tests: one row.
create table engagement.review_settings (
  id              int     primary key default 1 check (id = 1),
  -- Of a version without an approval, so many emails are shown for it; 0: nothing is held.
  review_first    int     not null default 0 check (review_first between 0 and 100),
  -- So many emails of a version leave with one approval; the others wait for that of a second person.
  -- Null: one approval is enough for all.
  four_eyes_above int     check (four_eyes_above >= 0),
  seed_addresses  text[]  not null default '{}',
  updated_by      text        not null default current_user,
  updated_at      timestamptz not null default now()
);
insert into engagement.review_settings default values;

-- What makes the emails of two clients differ in more than their facts: the variant in all its
-- texts, and the brand. The id is a hash of them, so that the same texts are the same version.
create table engagement.content_versions (
  content_version text        primary key,
  variant         text        not null,
  prompt          text        not null,
  tone            text,
  offer           text,
  brand_version   int         not null references engagement.brands,
  -- FREE needed no approval when it was first used.
  review          text        not null check (review in ('FREE', 'WAITING', 'APPROVED', 'REJECTED')),
  approved_by     text,
  approved_at     timestamptz,
  second_by       text,
  second_at       timestamptz,
  rejected_by     text,
  rejected_at     timestamptz,
  first_used_at   timestamptz not null default now(),
  check (second_by <> approved_by)
);
create index content_versions_first_used on engagement.content_versions (first_used_at);

create function engagement.content_version_of(
    variant text, prompt text, tone text, offer text, brand_version int) returns text
  language sql stable as $$
    select md5(jsonb_build_array(variant, prompt, tone, offer, brand_version)::text)
  $$;

create table engagement.emails (
  email_id                 text primary key default gen_random_uuid()::text
                             check (length(email_id) between 1 and 128),
  -- One email per episode: a second insert fails.
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
  -- How the last request to the model was put.
  request_form             text,
  prompt_tokens            int,
  completion_tokens        int,
  cost_usd                 numeric,
  latency_ms               bigint,
  calls                    int,
  checks                   jsonb       not null default '[]' check (length(checks::text) <= 100000),
  experiment_id            text,
  variant                  text,
  -- Null for an email that another system wrote.
  content_version          text references engagement.content_versions,
  engagement_score_at_time numeric,
  generated_at             timestamptz not null default now(),
  sent_at                  timestamptz check (isfinite(sent_at)),
  message_id               text
);
create index emails_user_id on engagement.emails (user_id);
create index emails_ready on engagement.emails (generated_at) where status = 'READY';
create index emails_content_version on engagement.emails (content_version, status);

-- A contact has an instant, also when another system only writes SENT. An instant in the future
-- becomes now: a wrong date would keep the user from being written to for as long.
create function engagement.date_contact() returns trigger language plpgsql as $$
begin
  if new.status = 'SENT' then
    new.sent_at := least(new.sent_at, now());
  end if;
  return new;
end $$;
create trigger emails_date_contact before insert or update on engagement.emails
  for each row execute function engagement.date_contact();

-- ---------------------------------------------------------------- engagement: written by the job

-- Segment, band and risk as one number. Two clients share it exactly when they agree in all three;
-- values unknown to this list share place 0.
create function engagement.facet_code(segment text, band text, at_risk boolean) returns smallint
  language sql immutable parallel safe
  return (
    20 * coalesce(array_position(array['PROSPECT', 'LOST', 'CANT_LOSE', 'AT_RISK', 'CHAMPION',
      'LOYAL', 'PROMISING', 'NEW', 'NEEDS_ATTENTION', 'HIBERNATING'], segment), 0)
    + 2 * coalesce(array_position(array['HEALTHY', 'COOLING', 'LOW', 'LAPSED', 'PROSPECT'], band), 0)
    + at_risk::int)::smallint;

-- Whether a client at risk can still be won back. Both other segments at risk have been silent for long
-- after few orders: docs/outreach.md gives the reasons. The Java method Segment.isWinnable agrees.
create function engagement.winnable(segment text, at_risk boolean) returns boolean
  language sql immutable parallel safe
  return at_risk and segment not in ('PROSPECT', 'LOST', 'HIBERNATING');

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
  loyalty_points      numeric,
  -- Of an order within the days of the policy's table, 0 to 1, by the computed score.
  order_probability   numeric(4,3),
  -- In the policy's base currency, by the computed score; null if no model says what an order is worth.
  value_at_stake      numeric,
  order_count         int         not null,
  -- An average of the largest amounts at the highest rate has 21 digits.
  average_order_value numeric(24,2),
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
  written_at          timestamptz not null default clock_timestamp(),
  -- When the shop created the client: sorts the dashboard's list. Triggers below copy it.
  client_since        timestamptz,
  facet_code          smallint not null
    generated always as (engagement.facet_code(segment, band, at_risk)) stored
) with (fillfactor = 85); -- Room on each page: an update of times alone writes no index.

-- The update that removed a user's row, kept for a week. A writer that was frozen meanwhile has older
-- updates of that user, and without this row nothing could tell them from a new user's.
create table engagement.removed_scores (
  user_id    text primary key,
  as_of      timestamptz not null,
  revision   bigint      not null,
  removed_at timestamptz not null default clock_timestamp()
);
create index removed_scores_removed_at on engagement.removed_scores (removed_at);

-- Drops an update that is older than the user's removal, and looks up when the client came. The
-- function reads with a snapshot of its own, so it sees a removal that was committed while the
-- statement waited for a lock.
create function engagement.admit_score() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
declare
  removed boolean;
begin
  select (select u.created_at from shop.users u where u.user_id = new.user_id),
    exists (
      select from engagement.removed_scores r
      where r.user_id = new.user_id and (r.as_of, r.revision) > (new.as_of, new.revision))
    into new.client_since, removed;
  if removed then
    return null;
  end if;
  return new;
end $$;
create trigger user_scores_admit before insert on engagement.user_scores
  for each row when (new.client_since is null)
  execute function engagement.admit_score();

-- Clients whose created_at the shop has changed. The dashboard brings the scores after it. The shop's
-- own transaction only adds a row here: it never waits for a row that the job writes, nor the job for it.
create table engagement.client_since_changes (
  user_id text not null
);

create function engagement.note_client_since() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
begin
  insert into engagement.client_since_changes (user_id) values (new.user_id);
  return null;
end $$;
create trigger users_client_since after update of created_at on shop.users
  for each row when (old.created_at is distinct from new.created_at)
  execute function engagement.note_client_since();

-- Brings the score after one of the noted clients, and returns how many notes it took: 0 or 1. Of one
-- row at a time, no writer waits in a circle.
create function engagement.follow_client_since() returns bigint
  language sql security definer set search_path = pg_catalog as $$
    with noted as (
      delete from engagement.client_since_changes c
      where c.ctid = any (array(
        select n.ctid from engagement.client_since_changes n limit 1 for update skip locked))
      returning c.user_id),
    followed as (
      update engagement.user_scores s set client_since = u.created_at
      from noted join shop.users u on u.user_id = noted.user_id
      where s.user_id = noted.user_id and s.client_since is distinct from u.created_at)
    select count(*) from noted
  $$;
revoke execute on function engagement.follow_client_since() from public;

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
  loyalty_points   numeric,
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

-- Months of history that the job could not store, since their partitions were detached. The
-- job never deletes a row: the changes are missing even when the month is attached again.
create table engagement.unstored_history (
  month      date primary key,
  -- At least so many; a restart counts some again.
  rows       bigint      not null,
  first_at   timestamptz not null default clock_timestamp(),
  last_at    timestamptz not null default clock_timestamp()
);

-- The months from first to last get a partition each. Called by the job before it writes a month
-- that it has not met. Returns the months whose tables exist but are detached.
create function engagement.ensure_score_history(first timestamptz, last timestamptz)
  returns setof date language plpgsql security definer set search_path = pg_catalog as $$
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
    elsif not exists (
        select from pg_inherits
        where inhparent = 'engagement.score_history'::regclass
          and inhrelid = to_regclass('engagement.' || part) and not inhdetachpending) then
      return next month::date;
    end if;
    month := month + interval '1 month';
  end loop;
end $$;

-- The scores that users would have had before the first observed row, computed from the orders as
-- they stood at the reconstruction. The columns are those of score_history, which has what was
-- observed. The table is not partitioned: it is written once, in the order of users, and no month
-- of it expires. It has no index by time, which would take most of the run: reconstructed_days has
-- what is asked by time.
create table engagement.reconstructed_history (
  user_id          text        not null,
  as_of            timestamptz not null,
  score            numeric,
  band             text        not null,
  segment          text        not null,
  at_risk          boolean     not null,
  recency_points   numeric,
  rhythm_points    numeric,
  frequency_points numeric,
  value_points     numeric,
  contact_points   numeric,
  loyalty_points   numeric,
  previous_score   numeric,
  previous_band    text,
  previous_at_risk boolean,
  cause            text        not null,
  cause_id         text,
  policy_version   text        not null,
  primary key (user_id, as_of)
);

-- The changes of reconstructed_history by UTC day. Those of a user who leaves the shop stay.
create table engagement.reconstructed_days (
  day           date             primary key,
  entered       bigint           not null,
  "left"        bigint           not null,
  left_by_order bigint           not null,
  -- Users who are at risk in their first row.
  first_at_risk bigint           not null,
  -- By how much the users with a score, and the sum of their scores, changed.
  scored        bigint           not null,
  score_sum     double precision not null
);

-- The counts at the end of each UTC day that was observed, written by the dashboard once the job has
-- passed the day. A user who leaves the shop stays in them, so a past day does not change.
create table engagement.observed_days (
  day           date             primary key,
  entered       bigint           not null,
  "left"        bigint           not null,
  left_by_order bigint           not null,
  first_at_risk bigint           not null,
  -- At the end of the day.
  at_risk       bigint           not null,
  scored        bigint           not null,
  score_sum     double precision not null,
  counted_at    timestamptz      not null default clock_timestamp()
);

-- The run that writes reconstructed_history: one row. Progress is by user id, in the order of the
-- key of shop.users, and is committed with the rows.
create table engagement.reconstruction (
  id             int primary key default 1 check (id = 1),
  -- The policy of all rows: the one in force at the beginning of the run.
  policy_version text        not null,
  document       jsonb       not null,
  -- The rows lie between these instants; from until_at on, history is observed.
  from_at        timestamptz not null,
  until_at       timestamptz not null,
  last_user_id   text        not null default '',
  users          bigint      not null default 0,
  -- The users of the shop at the beginning of the run.
  users_total    bigint      not null default 0,
  rows           bigint      not null default 0,
  -- Why the last batch failed; null if it was stored.
  trouble        text,
  -- The counts at the end of the past: the trend is counted back from them. Null during the run.
  at_risk        bigint,
  scored         bigint,
  score_sum      double precision,
  started_at     timestamptz not null default clock_timestamp(),
  updated_at     timestamptz not null default clock_timestamp(),
  finished_at    timestamptz
);

-- A user who leaves the shop takes the reconstructed past along, in the transaction of the job that
-- removes the score: the shop's own delete touches only the shop's row.
create function engagement.forget_reconstructed_history() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
begin
  delete from engagement.reconstructed_history where user_id = new.user_id;
  return null;
end $$;
create trigger removed_scores_forget_reconstructed_history
  after insert or update on engagement.removed_scores
  for each row execute function engagement.forget_reconstructed_history();

-- One stretch of time in which a user is at risk. The id comes from user_id and opened_at, so a replay
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
  -- The evaluation that wrote the row last. A job that starts from nothing counts revisions from 1
  -- again, so a later instant wins whatever its revision.
  as_of            timestamptz not null,
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
  inputs         jsonb       not null,
  -- The permanent control group at the decision, as a part of all users. Erasure keeps it.
  control_share  numeric     not null default 0
);
create index outreach_decisions_user_id on engagement.outreach_decisions (user_id);
create index outreach_decisions_decided_at on engagement.outreach_decisions (decided_at);
create index outreach_decisions_experiment on engagement.outreach_decisions (experiment_id, decided_at)
  where decision <> 'SKIP';
-- Empty while there is no control group.
create index outreach_decisions_control on engagement.outreach_decisions (decided_at)
  where control_share > 0;

-- What the sender knows of an email on its way. Apart from engagement.emails, since every change of
-- that is captured.
create table engagement.deliveries (
  email_id        text primary key references engagement.emails on delete cascade,
  leased_by       text,
  leased_until    timestamptz,
  attempts        int         not null default 0,
  -- Of these, the ones whose result is not known: the server may have the email.
  unconfirmed     int         not null default 0,
  offered_at      timestamptz,
  -- Of the address to which it was offered last.
  address_key     uuid,
  mailbox_key     uuid,
  next_attempt_at timestamptz not null default now(),
  -- The outreach settings, by their updated_at, that hold the email back until then. Other settings
  -- let it be looked at again at once.
  held_under      timestamptz,
  last_error      text,
  -- What the SMTP server answered last.
  last_reply      text,
  accepted_at     timestamptz
);
-- What the day's cap has to count.
create index deliveries_accepted on engagement.deliveries (accepted_at)
  where accepted_at is not null;
create index deliveries_leased on engagement.deliveries (leased_until)
  where leased_until is not null;
create index deliveries_mailbox on engagement.deliveries (mailbox_key)
  where mailbox_key is not null;

-- The versions of texts of which not every email may leave, with how many still may. Emails that
-- senders hold count as left.
create view engagement.version_allowances as
  select c.content_version, c.review,
    case when c.review = 'WAITING' then 0
      else greatest(0, s.four_eyes_above
        - (select count(*) from engagement.emails e
           where e.content_version = c.content_version and e.status in ('SENT', 'LOGGED'))
        - (select count(*) from engagement.deliveries d join engagement.emails e using (email_id)
           where e.content_version = c.content_version and e.status = 'READY'
             and d.leased_until > now())) end as remaining
  from engagement.content_versions c cross join engagement.review_settings s
  where s.review_first > 0
    and (c.review = 'WAITING'
      or (c.review = 'APPROVED' and c.second_by is null and s.four_eyes_above is not null));

-- Emails that people of the shop send themselves to see them. Apart from engagement.emails: they
-- are no contact, and no statistic, cap or cooldown counts them.
create table engagement.test_emails (
  test_id       text primary key default 'test-' || gen_random_uuid(),
  -- The client whose facts it has.
  user_id       text        not null,
  recipient     text        not null check (length(recipient) <= 320),
  subject       text        not null,
  -- Empty once the test is sent or has failed.
  html          text        not null,
  text          text        not null,
  brand_version int         not null references engagement.brands,
  status        text        not null default 'READY'
    check (status in ('READY', 'SENT', 'LOGGED', 'FAILED')),
  attempts      int         not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error    text,
  requested_by  text        not null,
  requested_at  timestamptz not null default now(),
  sent_at       timestamptz
);
create index test_emails_ready on engagement.test_emails (next_attempt_at) where status = 'READY';
create index test_emails_requested on engagement.test_emails (requested_at);
create index test_emails_user on engagement.test_emails (user_id);

-- The policy by which the job computes scores: one row, written by the job alone. It may differ
-- from the active row of scoring_policies: while that document is no valid policy, the one before
-- it stays in force.
create table engagement.policy_in_force (
  id             int primary key default 1 check (id = 1),
  policy_version text        not null,
  built_in       boolean     not null,
  -- SHA-256 of the document in lower-case hexadecimal.
  hash           text        not null,
  document       jsonb       not null,
  -- The model of the policy; null without one. The built-in table of a policy is no model.
  model_version  text,
  model          jsonb,
  -- Null: since before the first evaluation.
  in_force_since timestamptz,
  -- Commit time of the last change of a policy that this row takes account of; null: there was none.
  changed_at     timestamptz,
  updated_at     timestamptz not null default clock_timestamp()
);

-- Named filters of clients. The dashboard computes who is in each, about once a minute.
create table engagement.audiences (
  audience    text primary key check (audience ~ '^[a-z0-9][a-z0-9_.-]{0,63}$'),
  description text        not null default '' check (length(description) <= 1000),
  -- Parameters of GET /api/users, each a text.
  filter      jsonb       not null check (jsonb_typeof(filter) = 'object'),
  -- When the filter last became another.
  filter_since timestamptz not null default now(),
  -- How many clients are in it, and when that was computed; null until then.
  members     bigint,
  computed_at timestamptz,
  created_by  text        not null default current_user,
  created_at  timestamptz not null default now(),
  updated_by  text        not null default current_user,
  updated_at  timestamptz not null default now()
);
create sequence engagement.audience_evaluations;
create table engagement.audience_members (
  audience   text        not null references engagement.audiences on delete cascade,
  user_id    text        not null,
  entered_at timestamptz not null,
  primary key (audience, user_id)
);
create index audience_members_user_id on engagement.audience_members (user_id);
create index audience_members_by_time on engagement.audience_members (audience, entered_at, user_id);

-- The last evaluation of each audience on each UTC day: of other days the members are not known. Rows are
-- kept for 90 days.
create table engagement.audience_days (
  audience     text        not null references engagement.audiences on delete cascade,
  day          date        not null,
  evaluated_at timestamptz not null,
  members      bigint      not null,
  primary key (audience, day)
);

-- Who entered and left which audience: a row is written in the transaction that changes the members.
-- The name of a deleted audience stays. Rows are kept for 90 days. Each row is an event in Kafka, for
-- consumers other than the job. Of a client in an audience, ENTERED and LEFT take turns: a member is a
-- row with a key, and who writes about an audience has locked its row.
create table engagement.audience_changes (
  change_id  bigint generated always as identity primary key,
  audience   text        not null,
  user_id    text        not null,
  change     text        not null check (change in ('ENTERED', 'LEFT')),
  changed_at timestamptz not null default now(),
  -- What found it out: all changes by one evaluation of an audience have its number. A deletion of the
  -- audience, or of a person, has one, too.
  evaluation bigint      not null default nextval('engagement.audience_evaluations')
);
create index audience_changes_by_time on engagement.audience_changes (audience, changed_at);
create index audience_changes_user_id on engagement.audience_changes (user_id);
-- A deleted row names its user, who decides the partition, only in a full old row.
alter table engagement.audience_changes replica identity full;

-- How far each parallel part of the job has stored its results: everything committed at or before
-- the least watermark is in user_scores.
create table engagement.pipeline_progress (
  subtask     int primary key,
  parallelism int         not null,
  watermark   timestamptz not null,
  written_at  timestamptz not null default clock_timestamp(),
  -- For how long a user to whom orders older than a day are added is not evaluated: the time since the
  -- last of them. A verification of scores waits as long.
  backfill_quiet_time interval not null default '1 minute'
) with (fillfactor = 50);

-- The instant up to which user_scores is complete; null until every part of the job has said so.
create view engagement.scored_until as
  with newest as (select parallelism from engagement.pipeline_progress order by written_at desc limit 1)
  select case when count(*) = max(p.parallelism) then min(p.watermark) end as scored_until,
         min(p.written_at) as written_at
  from engagement.pipeline_progress p join newest using (parallelism)
  where p.subtask < p.parallelism;

-- ---------------------------------------------------------------- engagement: did it work

-- What had come of decisions when the person was erased: their orders cannot tell any more.
create table engagement.erased_outcomes (
  decision_id        text primary key,
  reactivated_at     timestamptz,
  orders             int         not null,
  revenue            numeric     not null,
  unconverted_orders int         not null,
  erased_at          timestamptz not null default now()
);

-- A view over the orders as they are, so that a refund, a cancellation, a deletion or a move to
-- another user takes its effect back by itself. Fourteen days are so many hours: a day of the
-- session's time zone may have 23 or 25.
create view engagement.decision_outcomes as
  with money as (
    select document -> 'currency' ->> 'base' as base, document -> 'currency' -> 'rates' as rates
    from engagement.policy_in_force)
  select
    d.decision_id,
    d.episode_id,
    d.user_id,
    e.email_id,
    e.status as email_status,
    d.decision,
    d.control_share,
    d.experiment_id,
    d.arm,
    case when jsonb_typeof(d.inputs -> 'order_probability') = 'number'
         then (d.inputs ->> 'order_probability')::numeric end as order_probability,
    d.decided_at,
    d.decided_at + interval '336 hours' as window_ends_at,
    d.decided_at + interval '336 hours' < now() as window_closed,
    coalesce(x.reactivated_at, o.reactivated_at) is not null as reactivated,
    coalesce(x.reactivated_at, o.reactivated_at) as reactivated_at,
    coalesce(x.orders, o.orders) as orders,
    coalesce(x.revenue, o.revenue) as revenue,
    coalesce(x.unconverted_orders, o.unconverted_orders) as unconverted_orders,
    e.cost_usd
  from engagement.outreach_decisions d
  left join engagement.emails e on e.episode_id = d.episode_id
  left join engagement.erased_outcomes x on x.decision_id = d.decision_id
  cross join lateral (
    select
      min(placed_at) as reactivated_at,
      count(*)::int as orders,
      round(coalesce(sum(round(net * rate, 2)), 0), 2) as revenue,
      (count(*) filter (where rate is null))::int as unconverted_orders
    from (
      select
        placed_at,
        amount - refunded_amount as net,
        case
          when money.base is null or currency = money.base then 1
          -- A person wrote the document; a text that is no rate must not stop this view.
          when money.rates ->> currency::text ~ '^(0|[1-9]\d{0,5})(\.\d{1,9})?$'
            then (money.rates ->> currency::text)::numeric
        end as rate
      from shop.orders left join money on true
      where x.decision_id is null
        and user_id = d.user_id
        and status = 'PLACED'
        and amount > refunded_amount
        and placed_at > d.decided_at
        and placed_at <= d.decided_at + interval '336 hours') as effective) as o
  where d.decision in ('EMAIL', 'HOLDOUT') or d.reason = 'CONTROL_GROUP';

create view engagement.email_outcomes as
  select decision_id, episode_id, user_id, email_id, email_status, decision, experiment_id, arm,
    order_probability, decided_at, window_ends_at, window_closed, reactivated, reactivated_at, orders,
    revenue, unconverted_orders, cost_usd
  from engagement.decision_outcomes where decision in ('EMAIL', 'HOLDOUT');

comment on view engagement.decision_outcomes is
  'What came of each decision between which only chance decided: to email, to hold out, or to leave to the permanent control group (decision SKIP). The columns are explained at engagement.email_outcomes; control_share is the part of all users in the control group at the decision.';
comment on table engagement.erased_outcomes is
  'What had come of the decisions about a person until the person was erased, without the person.';
comment on view engagement.email_outcomes is
  'What came of each decision to email or to hold out: effective orders (PLACED, amount above refunds) placed after the decision and at most 14 days after. Computed from the orders as they are now.';
comment on column engagement.email_outcomes.email_id is 'Null as long as there is no email, and for a holdout.';
comment on column engagement.email_outcomes.email_status is 'SENT if it really went out; an email may be decided on and still be cancelled or fail.';
comment on column engagement.email_outcomes.arm is 'The variant, or HOLDOUT.';
comment on column engagement.email_outcomes.order_probability is 'The user''s order probability at the decision; null if the policy gave none.';
comment on column engagement.email_outcomes.window_ends_at is 'Last instant at which an order counts: 336 hours after the decision.';
comment on column engagement.email_outcomes.window_closed is 'Whether the window is over; until then an order can still come.';
comment on column engagement.email_outcomes.reactivated is 'Whether there is at least one effective order in the window.';
comment on column engagement.email_outcomes.reactivated_at is 'When the first of them was placed; null if there is none.';
comment on column engagement.email_outcomes.orders is 'Effective orders in the window, those in a currency without a rate included.';
comment on column engagement.email_outcomes.revenue is 'Sum of amount less refunds of these orders: in the base currency of the policy in force, each rounded to hundredths; at face value if the policy has none.';
comment on column engagement.email_outcomes.cost_usd is 'What the model that wrote the email cost, in US dollars; null without an email, and if no model was asked.';
comment on column engagement.email_outcomes.unconverted_orders is 'Orders whose revenue is left out, since the policy has no rate for their currency.';

-- Wilson's score interval for a proportion, 95 %, without continuity correction.
create function engagement.wilson_interval(
    successes bigint, trials bigint, out low double precision, out high double precision)
  language sql immutable strict parallel safe as $$
    select greatest(0, (middle - spread) / scale), least(1, (middle + spread) / scale)
    from (select 1.959963984540054::float8 as z, successes::float8 as x,
                 nullif(trials, 0)::float8 as n) as given,
      lateral (select 2 * x + z * z as middle,
                      z * sqrt(z * z + 4 * x * (1 - x / n)) as spread,
                      2 * (n + z * z) as scale) as parts
  $$;
comment on function engagement.wilson_interval is
  '95 % score interval for a proportion without continuity correction (Wilson 1927); null without trials.';

-- The evaluated months. A month is biased if the expected share is outside the 95 % interval of what
-- happened. Two months in a row that are biased to the same side are a drift: by chance, that is one
-- month in 800.
create view engagement.calibration_history as
  select month, sampled_at, horizon_days, policy_version, model_version, experiment_id, clients,
         expected, happened, brier, evaluated_at, low, high, bias,
         coalesce(bias <> 0 and bias = lag(bias) over (order by month), false) as drifted
  from (
    select c.*, i.low, i.high,
           case when expected < clients * i.low then -1 when expected > clients * i.high then 1
                else 0 end as bias
    from engagement.calibrations c, engagement.wilson_interval(happened, clients) i
    where evaluated_at is not null) evaluated;
comment on column engagement.calibration_history.bias is
  'Whether too little was expected (-1), too much (1), or neither (0).';

-- The interval of an experiment reaches so many standard errors to each side. Both functions are
-- those of the Java class AlwaysValid, which names the tuning to 500 effective users.
create function engagement.always_valid_factor(effective_users double precision, alpha double precision)
  returns double precision language sql immutable strict parallel safe as $$
    select sqrt((1 + 1 / ratio) * (surprise + ln(1 + ratio)))
    from (select -2 * ln(alpha) as surprise) as given,
      lateral (select (surprise + ln(1 + surprise)) * nullif(effective_users, 0) / 500 as ratio) as tuned
  $$;
comment on function engagement.always_valid_factor is
  'Standard errors to each side of an interval that holds at every look, with so many effective users (1 / (1/n + 1/m)): asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, Annals of Statistics 52).';

create function engagement.planned_users(
    rate double precision, difference double precision, share double precision,
    holdout_share double precision, alpha double precision)
  returns double precision language plpgsql immutable strict parallel safe as $$
declare
  shifted   float8 := rate + case when rate <= 0.5 then difference else -difference end;
  variance  float8;
  effective float8;
  users     float8;
begin
  if least(share, holdout_share) <= 0 then
    return null;
  end if;
  variance := shifted * (1 - shifted) / share + rate * (1 - rate) / holdout_share;
  effective := share * holdout_share / (share + holdout_share);
  users := 500 / effective;
  for i in 1 .. 80 loop
    users := sqrt(users * variance) / difference
             * (engagement.always_valid_factor(users * effective, alpha) + 0.8416212335729143);
  end loop;
  return greatest(
    users,
    10 / least(1 - greatest(rate, shifted), least(rate, shifted)) / least(share, holdout_share));
end $$;
comment on function engagement.planned_users is
  'Users of a whole experiment with whom a difference, towards one half, would be seen with a power of 80 % at a single look, and of whom ten ordered and ten did not in each arm; null without a share of both arms.';

-- The chance of a chi-square statistic at least this large, by the closed forms for whole degrees
-- of freedom: a sum of Poisson terms, which for an odd number begins at the normal tail.
create function engagement.chi_square_p(statistic double precision, degrees int)
  returns double precision language plpgsql immutable strict parallel safe as $$
declare
  half  float8 := statistic / 2;
  term  float8;
  total float8;
begin
  if degrees < 1 then
    return null;
  -- Postgres fails where the result or a term is too small for a double.
  elsif statistic < 1e-30 then
    return 1;
  elsif statistic > 1400 then
    return 0;
  elsif degrees % 2 = 0 then
    term := exp(-half);
    total := term;
    for i in 1 .. degrees / 2 - 1 loop
      term := term * half / i;
      total := total + term;
    end loop;
  else
    term := 2 * sqrt(half / pi()) * exp(-half);
    total := erfc(sqrt(half));
    for i in 1 .. degrees / 2 loop
      total := total + term;
      term := term * half / (i + 0.5::float8);
    end loop;
  end if;
  return total;
end $$;
comment on function engagement.chi_square_p is
  'Chance of a chi-square statistic at least this large with so many degrees of freedom; null without any.';

create type engagement.arm_outcome as (
  arm                text,
  configured_share   numeric,
  decided            bigint,
  still_open         bigint,
  users              bigint,
  sent               bigint,
  reactivated        bigint,
  rate               numeric,
  uplift             numeric,
  uplift_low         numeric,
  uplift_high        numeric,
  explained          numeric,
  revenue            numeric,
  unconverted_orders bigint,
  revenue_per_user   numeric,
  revenue_difference numeric,
  revenue_low        numeric,
  revenue_high       numeric,
  sample_ratio_p     double precision,
  more_users_needed  bigint,
  verdict            text
);
comment on type engagement.arm_outcome is
  'How an arm of an experiment did. By intention to treat: everybody counts in the arm that was decided on, whether the email went out or not.';
comment on column engagement.arm_outcome.arm is 'The variant, or HOLDOUT, which comes first.';
comment on column engagement.arm_outcome.configured_share is 'The part of all users that the experiment''s settings give to the arm; 0 if they do not know it.';
comment on column engagement.arm_outcome.decided is 'Users in the arm. Each counts once, with the first decision of the experiment: later ones depend on what the first one did.';
comment on column engagement.arm_outcome.still_open is 'Those of them whose 14 days are not over. They count in nothing to the right of this.';
comment on column engagement.arm_outcome.users is 'Those of them whose 14 days are over.';
comment on column engagement.arm_outcome.sent is 'How many of these users an email really went out to.';
comment on column engagement.arm_outcome.reactivated is 'How many of these users have an effective order in their 14 days.';
comment on column engagement.arm_outcome.rate is 'reactivated / users.';
comment on column engagement.arm_outcome.uplift is 'rate less the HOLDOUT''s rate: 0.05 is five percentage points. Once there is an interval, less what the order probabilities at the decisions explain of it (CUPED).';
comment on column engagement.arm_outcome.uplift_low is 'Lower end of the interval of uplift. With a probability of 95 % all intervals of all variants contain the true uplift at every look, so one may stop at any time. Null until 10 users of the arm and 10 of HOLDOUT were reactivated and as many were not.';
comment on column engagement.arm_outcome.uplift_high is 'Upper end of that interval.';
comment on column engagement.arm_outcome.explained is 'The part of the variance of coming back that the order probabilities at the decisions explain, by which the interval was narrowed: 0 to 1. Null without an interval.';
comment on column engagement.arm_outcome.revenue is 'Revenue of these users in their 14 days, net of refunds, as in email_outcomes.';
comment on column engagement.arm_outcome.unconverted_orders is 'Orders that are not in the revenue, since there is no rate for their currency.';
comment on column engagement.arm_outcome.revenue_per_user is 'revenue / users, those who bought nothing included.';
comment on column engagement.arm_outcome.revenue_difference is 'revenue_per_user less the HOLDOUT''s.';
comment on column engagement.arm_outcome.revenue_low is 'Lower end of the interval of revenue_difference, which holds at every look as that of uplift. It takes the larger of two variances, of the arms apart and together: a small arm that has not met a large order knows too little of its own.';
comment on column engagement.arm_outcome.revenue_high is 'Upper end of that interval.';
comment on column engagement.arm_outcome.sample_ratio_p is 'Chance of arms at least so far from the configured shares if assignment works: chi-square over the users decided on in all arms. The same in every row; null while an arm expects fewer than 5.';
comment on column engagement.arm_outcome.more_users_needed is 'How many more users, 14 days past, the arm needs: until at least 10 were and 10 were not reactivated, and until a difference of five points would be seen with a power of 80 %. Null if the arm has no share, or no user is held out.';
comment on column engagement.arm_outcome.verdict is 'SAMPLE_RATIO_MISMATCH (p below 0.001: the arms do not compare, whatever the rates), NO_HOLDOUT, UPLIFT or LOSS (the interval does not contain 0), NOT_ENOUGH_DATA (this arm or HOLDOUT needs more users), NO_DIFFERENCE_SEEN; null for HOLDOUT.';

-- Analysis by user, as assignment is. An emailed user is in the cooldown when held-out users are
-- decided on again. So decisions after the first do not compare between the arms.
create function engagement.uplift(experiment text) returns setof engagement.arm_outcome
  language sql stable as $$
    with chosen as (
      select holdout_share, variants from engagement.experiments where experiment_id = experiment),
    configured as (
      select 'HOLDOUT' as arm, holdout_share as share from chosen
      union all
      select v ->> 'name',
             (1 - holdout_share) * (v ->> 'weight')::numeric / sum((v ->> 'weight')::numeric) over ()
      from chosen, jsonb_array_elements(variants) as v),
    alternatives as (
      select 0.05::float8 / greatest(1, count(*)) as alpha
      from configured where arm <> 'HOLDOUT' and share > 0),
    first_decisions as (
      select distinct on (user_id) *
      from engagement.email_outcomes
      where experiment_id = experiment
      order by user_id, decided_at, decision_id),
    -- Who has no order probability counts as an average user: that is known before the outcome.
    firsts as (
      select *, coalesce(
          order_probability, avg(order_probability) filter (where window_closed) over (), 0
        )::float8 as predicted
      from first_decisions),
    observed as (
      select
        arm,
        count(*) as decided,
        count(*) filter (where not window_closed) as still_open,
        count(*) filter (where window_closed) as users,
        count(*) filter (where window_closed and email_status = 'SENT') as sent,
        count(*) filter (where window_closed and reactivated) as reactivated,
        coalesce(sum(revenue) filter (where window_closed), 0) as revenue,
        coalesce(sum(unconverted_orders) filter (where window_closed), 0) as unconverted_orders,
        avg(revenue) filter (where window_closed) as mean,
        var_samp(revenue) filter (where window_closed) as variance,
        avg(predicted) filter (where window_closed) as predicted,
        regr_sxx(reactivated::int, predicted) filter (where window_closed) as predicted_deviations,
        regr_sxy(reactivated::int, predicted) filter (where window_closed) as joint_deviations
      from firsts
      group by arm),
    arms as (
      select
        arm,
        coalesce(share, 0) as share,
        coalesce(decided, 0) as decided,
        coalesce(still_open, 0) as still_open,
        coalesce(users, 0) as users,
        coalesce(sent, 0) as sent,
        coalesce(reactivated, 0) as reactivated,
        coalesce(revenue, 0) as revenue,
        coalesce(unconverted_orders, 0) as unconverted_orders,
        mean,
        variance::float8 as variance,
        predicted,
        predicted_deviations,
        joint_deviations,
        reactivated >= 10 and users - reactivated >= 10 as has_ten_of_each,
        reactivated::float8 / nullif(users, 0) as rate,
        -- Not 0 and not 1 for anybody's rate: half if nothing is known.
        (coalesce(reactivated, 0) + 1) / (coalesce(users, 0) + 2)::float8 as likely_rate
      from configured full join observed using (arm)),
    ratio as (
      select case
               when bool_or(share = 0 and decided > 0) then 0
               when min(share * total) filter (where share > 0) < 5 then null
               else engagement.chi_square_p(
                 sum((decided - share * total) ^ 2 / nullif(share * total, 0))::float8,
                 (count(*) filter (where share > 0) - 1)::int)
             end as p
      from arms, (select sum(decided) as total from arms) as all_arms),
    paired as (
      select
        arms.*,
        base.users as base_users,
        base.share as base_share,
        base.rate as base_rate,
        base.mean as base_mean,
        base.variance as base_variance,
        base.predicted as base_predicted,
        base.predicted_deviations as base_predicted_deviations,
        base.joint_deviations as base_joint_deviations,
        base.likely_rate as base_likely_rate,
        coalesce(arms.has_ten_of_each and base.has_ten_of_each, false) as comparable,
        1.0::float8 / nullif(arms.users, 0) + 1.0::float8 / nullif(base.users, 0) as inverse,
        case when arms.has_ten_of_each and base.has_ten_of_each
               and arms.predicted_deviations + base.predicted_deviations
                 > 1e-9 * (arms.users + base.users)
             then (arms.joint_deviations + base.joint_deviations)
                  / (arms.predicted_deviations + base.predicted_deviations)
             else 0 end as slope
      from arms
      left join arms as base on base.arm = 'HOLDOUT' and arms.arm <> 'HOLDOUT'),
    -- The same as ArmComparison in Java.
    compared as (
      select
        paired.*,
        rate - base_rate - slope * (predicted - base_predicted) as uplift,
        mean - base_mean as revenue_difference,
        case when comparable then slope * (joint_deviations + base_joint_deviations)
          / (users * rate * (1 - rate) + base_users * base_rate * (1 - base_rate)) end as explained,
        case when comparable then factor * sqrt(
          (likely_rate * (1 - likely_rate)
            + (slope ^ 2 * predicted_deviations - 2 * slope * joint_deviations) / users) / users
          + (base_likely_rate * (1 - base_likely_rate)
            + (slope ^ 2 * base_predicted_deviations - 2 * slope * base_joint_deviations)
              / base_users) / base_users) end as margin,
        case when comparable then factor * sqrt(greatest(
          variance / users + base_variance / base_users,
          (variance * (users - 1) + base_variance * (base_users - 1))
            / (users + base_users - 2) * inverse)) end as revenue_margin,
        engagement.planned_users(
          base_likely_rate, 0.05, share::float8, base_share::float8, alpha) as planned
      from paired
      cross join alternatives
      left join lateral engagement.always_valid_factor(1 / inverse, alpha) as factor on true),
    needed as (
      select
        arms.arm,
        greatest(
          0,
          case when arms.has_ten_of_each then 0
               else ceil(10 / least(likely_rate, 1 - likely_rate)) end - arms.users,
          ceil(case when arms.arm = 'HOLDOUT' then (select max(planned) from compared)
                    else (select planned from compared where compared.arm = arms.arm) end
               * arms.share::float8) - arms.users
        )::bigint as more
      from arms
      where arms.share > 0
        and exists (select from arms as base where base.arm = 'HOLDOUT' and base.share > 0))
    select
      c.arm,
      round(c.share, 6),
      c.decided,
      c.still_open,
      c.users,
      c.sent,
      c.reactivated,
      round(c.rate::numeric, 6),
      round(c.uplift::numeric, 6),
      round((c.uplift - c.margin)::numeric, 6),
      round((c.uplift + c.margin)::numeric, 6),
      round(c.explained::numeric, 6),
      c.revenue,
      c.unconverted_orders,
      round(c.mean, 2),
      round(c.revenue_difference, 2),
      round(c.revenue_difference - c.revenue_margin::numeric, 2),
      round(c.revenue_difference + c.revenue_margin::numeric, 2),
      ratio.p,
      needed.more,
      case
        when ratio.p < 0.001 then 'SAMPLE_RATIO_MISMATCH'
        when c.arm = 'HOLDOUT' then null
        when coalesce(c.base_share, 0) = 0 then 'NO_HOLDOUT'
        when c.uplift > c.margin then 'UPLIFT'
        when c.uplift < -c.margin then 'LOSS'
        when coalesce(needed.more, 1) > 0
          or (select more from needed where arm = 'HOLDOUT') > 0 then 'NOT_ENOUGH_DATA'
        else 'NO_DIFFERENCE_SEEN'
      end
    from compared c
    cross join ratio
    left join needed on needed.arm = c.arm
    order by c.arm <> 'HOLDOUT', c.arm
  $$;
comment on function engagement.uplift is
  'How the arms of an experiment did against HOLDOUT; no rows if there was no such experiment. The columns are explained at the type engagement.arm_outcome.';

-- Everything at once, so that no half of it can be seen. What stays: the numbers, under a name that
-- says nothing; the ids of episodes, decisions and emails, so that a job that goes over the same
-- ground again finds them taken; and a suppression of the user's id, so that no email goes to them
-- should their row come back.
create function engagement.erase_user(erased text) returns bigint
  language plpgsql security definer set search_path = pg_catalog as $$
declare
  total bigint;
begin
    -- An email that is being inserted holds this row. After the wait, the next statement sees it.
    perform from shop.users where user_id = erased for update;
    -- An evaluation holds its audience's row, and may be entering the person, which this cannot see before it
    -- commits. Until this ends, none begins, and no audience is created. Then consumers of the events
    -- learn that the person has left, before the rows go below.
    lock table engagement.audiences in row exclusive mode;
    perform from engagement.audiences order by audience for update;
    insert into engagement.audience_changes (audience, user_id, change, evaluation)
      select m.audience, erased, 'LEFT', e.evaluation
      from engagement.audience_members m,
        (select nextval('engagement.audience_evaluations') as evaluation) as e
      where m.user_id = erased;
    with pseudonym as materialized (select 'erased-' || md5(gen_random_uuid()::text) as name),
    outcomes as (
      insert into engagement.erased_outcomes
        (decision_id, reactivated_at, orders, revenue, unconverted_orders)
      select decision_id, reactivated_at, orders, revenue, unconverted_orders
      from engagement.decision_outcomes where user_id = erased
      on conflict do nothing),
    decisions as (
      update engagement.outreach_decisions set user_id = name, inputs = '{}'
      from pseudonym where user_id = erased returning 1),
    episodes as (
      update engagement.risk_episodes set user_id = name
      from pseudonym where user_id = erased returning 1),
    -- What servers say and what checks found quotes addresses and texts.
    deliveries as (
      update engagement.deliveries d
      set last_error = null, last_reply = null, address_key = null, mailbox_key = null
      from engagement.emails e where e.email_id = d.email_id and e.user_id = erased returning 1),
    emails as (
      update engagement.emails
      set user_id = name, subject = '', preheader = '', html = '', text = '', checks = '[]',
        fallback_reason = null,
        status = case status when 'READY' then 'CANCELLED' else status end,
        status_reason = case status when 'READY' then 'ERASED' end
      from pseudonym where user_id = erased returning 1),
    overrides as (
      delete from engagement.score_overrides where user_id = erased returning 1),
    scores as (
      delete from engagement.user_scores where user_id = erased returning 1),
    history as (
      delete from engagement.score_history where user_id = erased returning 1),
    past as (
      delete from engagement.reconstructed_history where user_id = erased returning 1),
    samples as (
      delete from engagement.calibration_samples where user_id = erased returning 1),
    tests as (
      delete from engagement.test_emails where user_id = erased returning 1),
    audience_members as (
      delete from engagement.audience_members where user_id = erased returning 1),
    audience_changes as (
      delete from engagement.audience_changes where user_id = erased returning 1),
    orders as (
      delete from shop.orders where user_id = erased returning 1),
    users as (
      delete from shop.users where user_id = erased returning 1),
    -- With an address it would hold for that only, and the address goes.
    suppression as (
      insert into engagement.suppressions (user_id, reason, detail, created_by)
      values (erased, 'MANUAL', 'The person was erased.', session_user)
      on conflict (user_id) do update set address = null, detail = excluded.detail)
    select count(*) into total from (
      select from decisions union all select from episodes union all select from deliveries
      union all select from emails union all select from overrides union all select from scores
      union all select from history union all select from past union all select from samples
      union all select from tests
      union all select from audience_members union all select from audience_changes
      union all select from orders
      union all select from users) as gone;
    -- The trigger has taken the keys from the row of the user.
    update engagement.suppressions set address_key = null, mailbox_key = null
    where user_id = erased;
    return total;
end $$;
comment on function engagement.erase_user is
  'Erases a person: deletes profile, orders, overrides, scores and history, empties emails, and gives decisions and episodes a pseudonym, with their outcomes kept as they were. Returns how many rows were concerned. The pipeline may still store what it had computed: call it again, until it returns 0, once engagement.scored_until has passed the first call.';

-- ---------------------------------------------------------------- what is captured

create publication rekindle for table
  shop.users, shop.orders,
  engagement.emails, engagement.score_overrides, engagement.scoring_policies, engagement.clock,
  engagement.suppressions, engagement.outreach_settings, engagement.models,
  engagement.audience_changes;

-- What keeps capture from seeing every change, a row each; empty while all is well. Capture itself
-- does not notice: a table that is not published has no changes. The status of the stack, the
-- exporter of metrics and people read it. fault is a code of docs/reference/statuses.md.
create view engagement.capture_faults as
  with captured (name, identities) as (values
      -- A deleted order names its user only in a full old row.
      ('shop.orders', 'f'), ('engagement.score_overrides', 'f'), ('engagement.suppressions', 'f'),
      ('engagement.scoring_policies', 'f'), ('engagement.outreach_settings', 'f'),
      ('engagement.models', 'f'), ('engagement.audience_changes', 'f'),
      ('shop.users', 'df'), ('engagement.emails', 'df'), ('engagement.clock', 'df')),
    tables as (
      select name, identities, c.oid as id, n.nspname as schema, n.oid as schema_id,
        c.relreplident::text as identity, c.relrowsecurity as hides_rows
      from captured
        left join pg_namespace n on n.nspname = split_part(name, '.', 1)
        left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(name, '.', 2)),
    published as (
      select schemaname || '.' || tablename as name, rowfilter
      from pg_publication_tables where pubname = 'rekindle'),
    cdc as (
      select oid, rolsuper or rolbypassrls as sees_all,
        rolcanlogin and (
          rolsuper or rolreplication
          -- Amazon RDS has a role instead of the attribute.
          or exists (select from pg_roles g
                     where g.rolname = 'rds_replication' and pg_has_role(r.oid, g.oid, 'member')))
          as replicates
      from pg_roles r where rolname = 'rekindle_cdc')
  select 'TABLE_MISSING' as fault, name as subject, 'restore the table' as remedy
    from tables where id is null
  union all
  select 'NOT_PUBLISHED', 'rekindle',
      'create publication rekindle for table ' || string_agg(name, ', ' order by name)
    from tables
    where id is not null and not exists (select from pg_publication where pubname = 'rekindle')
    having count(*) > 0
  union all
  select 'NOT_PUBLISHED', t.name,
      case when p.name is not null then format('alter publication rekindle drop table %s; ', t.name)
        else '' end || format('alter publication rekindle add table %s', t.name)
    from tables t left join published p using (name)
    where t.id is not null and (p.name is null or p.rowfilter is not null)
      and exists (select from pg_publication where pubname = 'rekindle')
  union all
  select 'NOT_PUBLISHED', 'operations',
      'alter publication rekindle set (publish = ''insert, update, delete, truncate'')'
    from pg_publication
    where pubname = 'rekindle' and not (pubinsert and pubupdate and pubdelete and pubtruncate)
  union all
  select 'REPLICA_IDENTITY', t.name, format('alter table %s replica identity %s', t.name,
      case when t.identities = 'f' then 'full' else 'default' end)
    from tables t
    where position(t.identity in t.identities) = 0
  union all
  select 'NO_PRIMARY_KEY', t.name, format('alter table %s add primary key (…)', t.name)
    from tables t
    where t.id is not null and not exists (
      select from pg_index i where i.indrelid = t.id and i.indisprimary)
  union all
  select 'SLOT_MISSING', 'rekindle',
      'start the connector; if it has run before, follow "Slot lost" in docs/operations.md'
    where not exists (select from pg_replication_slots where slot_name = 'rekindle')
  union all
  select 'SLOT_LOST', slot_name::text,
      format('follow "Slot lost" in docs/operations.md (%s)',
        coalesce(invalidation_reason, wal_status))
    from pg_replication_slots
    where slot_name = 'rekindle' and (wal_status = 'lost' or conflicting)
  union all
  select 'SLOT_INACTIVE', slot_name::text,
      'start the connector: RekindleConnectorFailed in docs/runbook.md'
    from pg_replication_slots
    where slot_name = 'rekindle' and not active and inactive_since < now() - interval '8 seconds'
      -- A connector that takes a snapshot has sessions, and does not read from the slot.
      and not exists (select from pg_stat_activity where usename = 'rekindle_cdc')
  union all
  -- The connector asks for positions that it has seen in another history of the database. A role
  -- without pg_read_all_stats does not see these.
  select 'LOG_WENT_BACK', s.slot_name::text,
      'follow "Database restored from a backup" in docs/operations.md'
    from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid
    where s.slot_name = 'rekindle' and case when not pg_is_in_recovery() then
      greatest(s.confirmed_flush_lsn, r.write_lsn, r.flush_lsn) > pg_current_wal_insert_lsn() end
  union all
  select 'NOT_GRANTED', t.name, concat_ws('; ',
      case when not has_schema_privilege(cdc.oid, t.schema_id, 'usage')
        then format('grant usage on schema %s to rekindle_cdc', t.schema) end,
      format('grant select on %s to rekindle_cdc', t.name))
    from tables t cross join cdc
    where t.id is not null and not (
      has_table_privilege(cdc.oid, t.id, 'select')
      and has_schema_privilege(cdc.oid, t.schema_id, 'usage'))
  union all
  select 'NOT_GRANTED', 'engagement.clock',
      'grant update (beat, previous_beat, number) on engagement.clock to rekindle_cdc'
    from tables t cross join cdc
    where t.name = 'engagement.clock' and t.id is not null
      and not (
        has_column_privilege(cdc.oid, t.id, 'beat', 'update')
        and has_column_privilege(cdc.oid, t.id, 'previous_beat', 'update')
        and has_column_privilege(cdc.oid, t.id, 'number', 'update'))
  union all
  -- A policy hides rows from a snapshot, and never from the log.
  select 'NOT_GRANTED', t.name || ' (rows)', 'alter role rekindle_cdc bypassrls'
    from tables t cross join cdc
    where t.hides_rows and not cdc.sees_all
  union all
  select 'NOT_GRANTED', 'rekindle_cdc', 'alter role rekindle_cdc login replication'
    where not exists (select from cdc where replicates);
comment on view engagement.capture_faults is
  'What keeps capture from seeing every change: a code of docs/reference/statuses.md, its subject, and the statement that mends it. Empty while all is well.';

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

-- cdc reads the captured tables and moves the clock. The administrator of the database grants
-- REPLICATION, since only a superuser can.
grant usage on schema shop, engagement to rekindle_cdc;
grant select on shop.users, shop.orders, engagement.emails, engagement.score_overrides,
  engagement.scoring_policies, engagement.clock, engagement.suppressions,
  engagement.outreach_settings, engagement.models, engagement.audience_changes to rekindle_cdc;
grant update (beat, previous_beat, number) on engagement.clock to rekindle_cdc;

-- The reason not to write to a person; null if there is none. The Java class ContactRule states the
-- same rule, and a table of cases in the tests holds both to one answer. The planner inlines this
-- function, so that it costs no call a row.
-- consents is null if the shop has no such user; suppressed_address is null for the whole person;
-- expiry is the age at which a decision is too old, and null if there is no decision.
create function engagement.contact_obstacle(
  consents boolean, address text, suppressed boolean, suppressed_address text,
  decided_at timestamptz default null, expiry interval default null)
  returns text language sql stable parallel safe as $$
  select case
    when consents is null then 'USER_REMOVED'
    when not consents then 'NO_CONSENT'
    when suppressed and (suppressed_address is null
      or engagement.normal_address(suppressed_address) = engagement.normal_address(address))
      then 'SUPPRESSED'
    when coalesce(position('@' in address), 0) < 2 then 'NO_ADDRESS'
    when decided_at + expiry <= now() then 'EXPIRED'
  end
$$;

-- The suppressions of an address, by any account that has or had it. The planner inlines it in a from.
create function engagement.suppressions_of(asked text)
  returns setof engagement.suppressions language sql stable parallel safe as $$
  select * from engagement.suppressions x
  where x.mailbox_key = engagement.mailbox_key(asked)
    and (x.address_key = engagement.address_key(asked)
      or (select bool_or(o.fold_subaddresses) from engagement.outreach_settings o))
$$;

-- Moves the suppression of a client who is merged into another to that one. An address needs no
-- move: it is suppressed for any account. Returns whether there was one to move.
create function engagement.merge_suppression(merged text, remaining text)
  returns boolean language sql security definer set search_path = pg_catalog as $$
  with moved as (
    insert into engagement.suppressions as s (user_id, reason, detail, created_by)
    select remaining, reason, left('Of the merged client ' || merged || '. ' || detail, 10000),
      session_user
    from engagement.suppressions where user_id = merged and address is null
    on conflict (user_id) do update
      set address = null, reason = excluded.reason, detail = excluded.detail,
          created_by = excluded.created_by, created_at = excluded.created_at
      where s.address is not null
    returning 1)
  select exists (select from moved)
$$;
revoke execute on function engagement.merge_suppression(text, text) from public;

-- The reason not to write to a person at an instant, by the age of the risk and by the last contact;
-- null if there is none. It holds ContactRule's other two conditions, and the same cases hold it to
-- them. last_contact_at is null without a contact.
create function engagement.contact_timing_obstacle(
  at_risk_since timestamptz, stale_days integer,
  last_contact_at timestamptz, cooldown_days integer, instant timestamptz)
  returns text language sql stable parallel safe as $$
  select case
    when at_risk_since < instant - stale_days * interval '24 hours' then 'STALE'
    when last_contact_at > instant - cooldown_days * interval '24 hours' then 'RECENTLY_CONTACTED'
  end
$$;

-- The reason not to write to each user of the shop now, whatever the episode; null if there is none. Of
-- several, the one that lasts longest: the person, the control group, the experiment, a pause of all
-- outreach, the last contact. An email to a user who is held out would spoil the comparison. An arm that
-- a decision gave is kept, unless its variant is gone. A view costs no call a row.
create view engagement.contact_now as
  select u.user_id,
    coalesce(
      engagement.contact_obstacle(u.marketing_consent, u.email, x.user_id is not null, x.address),
      case when exists (select from engagement.suppressions_of(u.email)) then 'SUPPRESSED' end,
      case when engagement.in_control_group(o.control_salt, u.user_id, o.control_share)
        then 'CONTROL_GROUP' end,
      -- Of another experiment, too, as long as the event at which it was decided is open.
      case when exists (
        select from engagement.risk_episodes r
        join engagement.outreach_decisions d on d.episode_id = r.episode_id
        where r.user_id = u.user_id and r.closed_at is null and d.decision = 'HOLDOUT')
        or coalesce(
        (select d.arm = 'HOLDOUT' from engagement.outreach_decisions d
          where d.user_id = u.user_id and d.experiment_id = o.experiment_id
            and (d.arm = 'HOLDOUT'
              or o.variants @> jsonb_build_array(jsonb_build_object('name', d.arm)))
          order by d.decided_at desc limit 1),
        engagement.held_out(o.experiment_id, u.user_id, o.holdout_share)) then 'HELD_OUT' end,
      case when not o.enabled then 'PAUSED' end,
      engagement.contact_timing_obstacle(
        null, 0, s.last_contact_at, o.cooldown_days, now())) as obstacle
  from shop.users u
  cross join engagement.outreach_settings o
  left join engagement.suppressions x on x.user_id = u.user_id
  left join engagement.user_scores s on s.user_id = u.user_id;
comment on view engagement.contact_now is
  'Whether each user of the shop may be written to now: obstacle is null, or a code of docs/reference/statuses.md.';

-- Of episodes, those whose users may still be contacted, and their facts given to a model. A user
-- may unsubscribe while a request waits, and the role of the pipeline cannot read the shop's tables.
-- The sender cancels an email at the age of expiry, so a model is not asked for it.
create function engagement.contactable_episodes(
  episode_ids text[], user_ids text[], decided_at timestamptz[], expiry interval)
  returns setof text language sql stable security definer set search_path = pg_catalog as $$
  select asked.episode_id
  from unnest(episode_ids, user_ids, decided_at) as asked (episode_id, user_id, decided_at)
  left join shop.users u on u.user_id = asked.user_id
  left join engagement.suppressions s on s.user_id = asked.user_id
  where engagement.contact_obstacle(u.marketing_consent, u.email, s.user_id is not null, s.address,
      asked.decided_at, expiry) is null
    and not exists (select from engagement.suppressions_of(u.email))
    and not exists (
      select from engagement.outreach_settings o
      where engagement.in_control_group(o.control_salt, asked.user_id, o.control_share))
    and not exists (
      select from engagement.outreach_decisions d
      where d.episode_id = asked.episode_id and d.decision <> 'EMAIL')
$$;
revoke execute on function
  engagement.contactable_episodes(text[], text[], timestamptz[], interval) from public;

-- Of users, those whom the shop has, and SUPPRESSED for those who are not to be written to at all. A
-- request may wait for days, and its user be erased meanwhile. The locks keep an erasure waiting until
-- the email is committed, so the erasure sees it.
create function engagement.lock_recipients(user_ids text[])
  returns table (user_id text, obstacle text)
  language sql volatile security definer set search_path = pg_catalog as $$
  select u.user_id,
    case when exists (
        select from engagement.suppressions s where s.user_id = u.user_id and s.address is null)
      then 'SUPPRESSED' end
  from shop.users u
  where u.user_id = any (user_ids)
  order by u.user_id
  for key share of u
$$;
revoke execute on function engagement.lock_recipients(text[]) from public;

-- The user of a decision as it is after the wait for an erasure, which gives it a pseudonym. A
-- statement that waits goes on with what it saw before. A function of this kind looks anew.
create function engagement.user_of_decision(episode text) returns text
  language sql volatile as $$
  select user_id from engagement.outreach_decisions where episode_id = episode
$$;

-- A user who was deleted while nothing was captured leaves no event. A job that starts from nothing
-- calls this once: it removes such users' scores, and closes their episodes.
create function engagement.sweep_removed_users() returns bigint
  language sql security definer set search_path = pg_catalog as $$
    with removed as (
      delete from engagement.user_scores s
      where not exists (select from shop.users u where u.user_id = s.user_id)
      returning user_id, as_of, revision),
    remembered as (
      insert into engagement.removed_scores as kept (user_id, as_of, revision)
      -- The next revision: an update equal to the removed one is older, too.
      select user_id, as_of, revision + 1 from removed
      on conflict (user_id) do update set
        as_of = excluded.as_of, revision = excluded.revision, removed_at = excluded.removed_at
      where (kept.as_of, kept.revision) < (excluded.as_of, excluded.revision)),
    closed as (
      update engagement.risk_episodes e
      set closed_at = greatest(clock_timestamp(), e.noticed_at), close_reason = 'USER_REMOVED'
      from removed where e.user_id = removed.user_id and e.closed_at is null)
    select count(*) from removed
  $$;
revoke execute on function engagement.sweep_removed_users() from public;

-- pipeline writes what the job computes, and reads back only what an upsert has to compare.
-- At its start the job compares the rows of the clock with Kafka's partitions.
grant usage on schema engagement to rekindle_pipeline;
grant select on engagement.clock to rekindle_pipeline;
grant select, insert, update, delete on engagement.user_scores, engagement.pipeline_progress,
  engagement.removed_scores, engagement.unstored_history to rekindle_pipeline;
grant select, insert on engagement.score_history to rekindle_pipeline;
grant select, insert, update on engagement.risk_episodes, engagement.policy_in_force
  to rekindle_pipeline;
grant select, insert on engagement.outreach_decisions to rekindle_pipeline;
grant select (email_id, episode_id, status, generated_at, cost_usd), insert on engagement.emails
  to rekindle_pipeline;
-- The writer writes in the brand in force, and notes each new version of the texts.
grant select on engagement.brands, engagement.review_settings to rekindle_pipeline;
grant select (content_version), insert on engagement.content_versions to rekindle_pipeline;
revoke execute on function engagement.ensure_score_history(timestamptz, timestamptz) from public;
grant execute on function engagement.ensure_score_history(timestamptz, timestamptz)
  to rekindle_pipeline;
grant execute on function
  engagement.contactable_episodes(text[], text[], timestamptz[], interval) to rekindle_pipeline;
grant execute on function engagement.sweep_removed_users() to rekindle_pipeline;
grant execute on function engagement.lock_recipients(text[]) to rekindle_pipeline;

-- The sender leases emails that are ready, rechecks whether they may be sent, and stores the result.
grant usage on schema shop, engagement to rekindle_sender;
grant select on shop.users, shop.orders, engagement.emails, engagement.outreach_settings,
  engagement.outreach_decisions, engagement.risk_episodes, engagement.suppressions,
  engagement.deliveries, engagement.content_versions, engagement.brands,
  engagement.review_settings, engagement.version_allowances, engagement.test_emails
  to rekindle_sender;
grant update (status, attempts, next_attempt_at, last_error, sent_at, html, text)
  on engagement.test_emails to rekindle_sender;
grant update (status, status_reason, sent_at, message_id) on engagement.emails to rekindle_sender;
grant insert, update on engagement.suppressions, engagement.deliveries to rekindle_sender;

-- api reads everything that the dashboard shows.
grant usage on schema shop, engagement to rekindle_api;
grant select on all tables in schema shop to rekindle_api;
grant select on all tables in schema engagement to rekindle_api;
revoke execute on function engagement.erase_user(text) from public;
grant execute on function engagement.erase_user(text) to rekindle_api;
grant execute on function engagement.merge_suppression(text, text) to rekindle_api;
