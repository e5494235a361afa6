-- What the dashboard needs: a schema of its own for accounts, sessions, keys and the audit log;
-- indexes for its lists; and the right to write what its API writes, and no more.

create schema dashboard;

-- ---------------------------------------------------------------- who may do what

create table dashboard.accounts (
  account_id      text primary key default gen_random_uuid()::text,
  email           text        not null check (length(email) between 3 and 320),
  name            text        not null default '' check (length(name) <= 200),
  role            text        not null check (role in ('VIEWER', 'ANALYST', 'ADMIN')),
  -- Argon2id as a PHC string; null for an account that signs in elsewhere.
  password_hash   text,
  disabled        boolean     not null default false,
  created_at      timestamptz not null default now(),
  last_sign_in_at timestamptz
);
create unique index accounts_email on dashboard.accounts (lower(email));

-- Only a digest: a reader of this table cannot sign in with it.
create table dashboard.sessions (
  token_hash   bytea primary key check (length(token_hash) = 32),
  account_id   text        not null references dashboard.accounts on delete cascade,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,
  -- Signed in at an OpenID provider: signing out may end the session there, too.
  by_oidc      boolean     not null default false
);
create index sessions_account on dashboard.sessions (account_id);

-- The owner of an account at a provider. An address may be given to another person one day; an
-- issuer's subject never is.
create table dashboard.identities (
  issuer     text        not null check (length(issuer) between 1 and 1000),
  subject    text        not null check (length(subject) between 1 and 255),
  account_id text        not null references dashboard.accounts on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index identities_account on dashboard.identities (account_id);

-- Sign-ins that are under way, each used once. The browser has the token that the digest is of.
create table dashboard.oidc_attempts (
  token_hash    bytea primary key check (length(token_hash) = 32),
  state         text        not null,
  nonce         text        not null,
  code_verifier text        not null,
  next          text        not null,
  expires_at    timestamptz not null
);
create index oidc_attempts_expires on dashboard.oidc_attempts (expires_at);

-- Browsers that have signed in to an account by password: failed attempts of other people do not count
-- against them. Only a digest, by which no one can sign in.
create table dashboard.known_browsers (
  token_hash bytea primary key check (length(token_hash) = 32),
  account_id text        not null references dashboard.accounts on delete cascade,
  expires_at timestamptz not null
);
create index known_browsers_account on dashboard.known_browsers (account_id, expires_at);
create index known_browsers_expires on dashboard.known_browsers (expires_at);

create table dashboard.api_keys (
  key_id       text primary key default gen_random_uuid()::text,
  name         text        not null check (length(name) between 1 and 200),
  key_hash     bytea       not null unique check (length(key_hash) = 32),
  -- The first characters, by which people tell their keys apart.
  prefix       text        not null,
  scopes       text[]      not null check (cardinality(scopes) > 0),
  created_by   text        not null,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz,
  -- Null for a key that does not expire.
  expires_at   timestamptz,
  revoked_at   timestamptz
);

-- What was changed by whom. Written and never changed, except that what it says of a person goes
-- when the person is erased.
create table dashboard.audit_log (
  entry_id   bigint generated always as identity primary key,
  at         timestamptz not null default clock_timestamp(),
  actor      text        not null,
  actor_kind text        not null check (actor_kind in ('ACCOUNT', 'API_KEY', 'SYSTEM', 'ANONYMOUS')),
  action     text        not null,
  -- What kind of thing it was done to, and its id.
  subject_kind text      not null,
  subject    text,
  -- The client whose data the entry is about; null if it is about no client.
  user_id    text,
  before     jsonb,
  after      jsonb,
  address    text
);
create index audit_log_user on dashboard.audit_log (user_id) where user_id is not null;

-- Removes entries that are older than the retention, at most so many of the oldest; returns how many.
-- No caller can remove an entry of the last 30 days.
create function dashboard.expire_audit_log(retention interval, most int) returns int
  language sql security definer set search_path = pg_catalog as $$
    with removed as (
      delete from dashboard.audit_log where entry_id in (
        select entry_id
        from (select entry_id, at from dashboard.audit_log order by entry_id limit most) oldest
        where at < now() - greatest(retention, interval '30 days'))
      returning 1)
    select count(*)::int from removed
  $$;
revoke execute on function dashboard.expire_audit_log(interval, int) from public;

-- ---------------------------------------------------------------- what is under way

-- The answer to a request that may come again. In flight as long as there is no status.
create table dashboard.idempotency_keys (
  principal    text        not null,
  key          text        not null check (length(key) between 1 and 200),
  request_hash bytea       not null,
  started_at   timestamptz not null default now(),
  status       int,
  body         jsonb,
  -- The clients whose data is in the answer.
  user_ids     text[]      not null default '{}',
  primary key (principal, key)
);
create index idempotency_keys_started on dashboard.idempotency_keys (started_at);

-- Who is being erased: the pipeline may still store what it had computed, so the erasure is
-- repeated until nothing is left, the pipeline has passed it and no older request waits. The row goes with the last round.
create table dashboard.erasures (
  user_id      text primary key,
  requested_by text        not null,
  requested_at timestamptz not null default now(),
  erased_at    timestamptz,
  -- Episodes of the person whose emails were asked for and not written. Each gets a row without the
  -- person once its request is read.
  requests     text[]      not null default '{}'
);

-- Emails as they would be written now, for those who set up outreach. Kept for a day.
create table dashboard.email_previews (
  preview_id    text        primary key default gen_random_uuid()::text,
  -- The client whose facts it has.
  user_id       text        not null,
  subject       text        not null,
  html          text        not null,
  text          text        not null,
  -- Null for a brand that is not saved.
  brand_version int,
  created_by    text        not null,
  created_at    timestamptz not null default now()
);
create index email_previews_created on dashboard.email_previews (created_at);

-- Says of a person no more than that something was changed.
create function dashboard.forget_user(forgotten text) returns void
  language sql security definer set search_path = pg_catalog as $$
    update dashboard.audit_log
      set before = null, after = null, user_id = null,
        subject = case when subject = forgotten then 'erased' else subject end
      where user_id = forgotten;
    delete from dashboard.idempotency_keys where user_ids @> array[forgotten];
    delete from dashboard.email_previews where user_id = forgotten;
  $$;
revoke execute on function dashboard.forget_user(text) from public;

-- ---------------------------------------------------------------- lists

create extension if not exists pg_trgm with schema public;

-- One expression for search by any part of name, address or id.
create function dashboard.searchable(user_id text, email text, name text) returns text
  language sql immutable parallel safe as $$
    select lower(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || user_id)
  $$;
-- The parts of a locale such as pt-BR or zh-Hant-TW; null where it has none.
create function dashboard.language_of(locale text) returns text
  language sql immutable parallel safe as $$
    select lower(substring(locale from '^([A-Za-z]{2,3})(?:[-_].*)?$'))
  $$;
create function dashboard.country_of(locale text) returns text
  language sql immutable parallel safe as $$
    select upper(substring(
      locale from '^[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})(?:[-_].*)?$'))
  $$;
create index users_search on shop.users
  using gin (dashboard.searchable(user_id, email, name) public.gin_trgm_ops);
-- What lists sort and look up a text by. A row of an index has little room, and the shop may store texts
-- of any length, so an index holds only the beginning.
create function dashboard.beginning_of(text) returns text
  language sql immutable parallel safe as $$ select lower(left($1, 200)) $$;
create index users_created on shop.users (created_at, user_id);
create index users_name on shop.users (dashboard.beginning_of(name), user_id) where name is not null;
-- Clients without a name come last in the list by name.
create index users_nameless on shop.users (user_id) where name is null;
-- Terms too short for trigrams.
create index users_name_start on shop.users (dashboard.beginning_of(name) text_pattern_ops);
create index users_email_start on shop.users (dashboard.beginning_of(email) text_pattern_ops);
create index users_id_start on shop.users (dashboard.beginning_of(user_id) text_pattern_ops);

-- One index for each order of the list of clients. facet_code comes first: any filter by segment, band
-- and risk is a merge of short pieces of an index. Score and last order come last: ranges of them are
-- checked in the index.
create index user_scores_by_score
  on engagement.user_scores (facet_code, score, user_id, last_order_at);
create index user_scores_by_last_order
  on engagement.user_scores (facet_code, last_order_at, user_id, score);
create index user_scores_by_orders
  on engagement.user_scores (facet_code, order_count, user_id, score, last_order_at);
create index user_scores_by_order_value
  on engagement.user_scores (facet_code, average_order_value, user_id, score, last_order_at);
create index user_scores_by_stake
  on engagement.user_scores (facet_code, value_at_stake, user_id, score, last_order_at);
create index user_scores_by_risk
  on engagement.user_scores (facet_code, at_risk_since, user_id, score, last_order_at);
create index user_scores_by_client_since
  on engagement.user_scores (facet_code, client_since, user_id, score, last_order_at);

create index emails_generated on engagement.emails (generated_at, email_id);
create index emails_status on engagement.emails (status, generated_at, email_id);
create index emails_generated_by
  on engagement.emails (generated_by, generated_at, email_id);
create index emails_status_generated_by
  on engagement.emails (status, generated_by, generated_at, email_id);
create index emails_subject on engagement.emails using gin (to_tsvector('simple', subject));
create index emails_by_user on engagement.emails (user_id, generated_at);
create index emails_sent on engagement.emails (sent_at) where sent_at is not null;
create index outreach_decisions_by_user on engagement.outreach_decisions (user_id, decided_at);
create index risk_episodes_noticed on engagement.risk_episodes (noticed_at);
create index suppressions_created on engagement.suppressions (created_at);
-- Only entering and leaving risk: a few of all changes. Lists of weeks are read from the index alone.
create index score_history_risk on engagement.score_history (as_of)
  include (user_id, at_risk, previous_at_risk, cause)
  where at_risk is distinct from previous_at_risk;
create index reconstructed_history_risk on engagement.reconstructed_history (as_of)
  include (user_id, at_risk, previous_at_risk)
  where at_risk is distinct from previous_at_risk;
create index risk_episodes_closed on engagement.risk_episodes (closed_at) where closed_at is not null;

-- The currency that all orders have: one row, null if there are several. Amounts are in it as long as
-- the policy names no currency.
create table dashboard.shop_currency (
  id       int primary key check (id = 1),
  currency char(3)
);

-- ---------------------------------------------------------------- rights

grant usage on schema dashboard to rekindle_api;
grant select, insert, update, delete on dashboard.accounts, dashboard.sessions, dashboard.api_keys,
  dashboard.idempotency_keys, dashboard.erasures to rekindle_api;
grant select, insert, update on dashboard.shop_currency to rekindle_api;
grant select, insert on dashboard.audit_log to rekindle_api;
grant select, insert, delete on dashboard.identities, dashboard.oidc_attempts,
  dashboard.known_browsers to rekindle_api;
grant execute on function dashboard.expire_audit_log(interval, int) to rekindle_api;
grant execute on function dashboard.forget_user(text) to rekindle_api;

-- As a shop would; erasure is a function of its own.
grant insert on shop.users, shop.orders to rekindle_api;
grant update (email, name, preferred_categories, time_zone, locale, marketing_consent)
  on shop.users to rekindle_api;
grant update (amount, refunded_amount, status, category) on shop.orders to rekindle_api;

grant insert, update, delete on engagement.score_overrides, engagement.suppressions to rekindle_api;
grant insert, update (document, active, activated_at) on engagement.scoring_policies, engagement.models
  to rekindle_api;
grant update (enabled, cooldown_days, stale_days, daily_cap, cap_order, quiet_from, quiet_until,
  fold_subaddresses, experiment_id, holdout_share, control_share, variants, updated_by) on engagement.outreach_settings to rekindle_api;
grant insert on engagement.brands to rekindle_api;
grant insert, delete on engagement.test_emails to rekindle_api;
grant update (review_first, four_eyes_above, seed_addresses, updated_by, updated_at)
  on engagement.review_settings to rekindle_api;
grant update (review, approved_by, approved_at, second_by, second_at, rejected_by, rejected_at)
  on engagement.content_versions to rekindle_api;
grant select, insert, delete on dashboard.email_previews to rekindle_api;
grant insert on engagement.backtests to rekindle_api;
grant insert, update on engagement.calibrations to rekindle_api;
grant insert, delete on engagement.calibration_samples to rekindle_api;
grant insert, update, delete on engagement.audiences, engagement.audience_members,
  engagement.audience_days, engagement.audience_changes to rekindle_api;
grant usage on sequence engagement.audience_evaluations to rekindle_api;
grant update (activate, updated_by, updated_at) on engagement.fit_settings to rekindle_api;
grant insert on engagement.reconstructed_history, engagement.observed_days to rekindle_api;
grant execute on function engagement.follow_client_since() to rekindle_api;
grant insert, update on engagement.reconstruction, engagement.reconstructed_days to rekindle_api;
