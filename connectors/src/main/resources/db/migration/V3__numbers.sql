-- What the dashboard's numbers and its list of emails look things up by.

-- Only entering and leaving risk: a few of all changes.
create index score_history_risk on engagement.score_history (as_of)
  where at_risk is distinct from previous_at_risk;

create index emails_subject on engagement.emails using gin (to_tsvector('simple', subject));
create index suppressions_created on engagement.suppressions (created_at);
