-- Signing in at an OpenID provider.

-- Whom an account belongs to at which provider. An address may be given to somebody else one day; an
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

-- Whoever signed in at a provider may want to sign out there, too.
alter table dashboard.sessions add column by_oidc boolean not null default false;

grant select, insert, delete on dashboard.identities, dashboard.oidc_attempts to rekindle_api;
