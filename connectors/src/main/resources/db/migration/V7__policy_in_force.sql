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
  -- Null: since before the first evaluation.
  in_force_since timestamptz,
  -- Commit time of the last change of a policy that this row takes account of; null: there was none.
  changed_at     timestamptz,
  updated_at     timestamptz not null default clock_timestamp()
);
grant select, insert, update on engagement.policy_in_force to rekindle_pipeline;
grant select on engagement.policy_in_force to rekindle_api;
