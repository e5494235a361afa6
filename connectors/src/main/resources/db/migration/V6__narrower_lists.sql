-- The dashboard's lists of clients by indexes half as wide.

drop index engagement.user_scores_by_score, engagement.user_scores_by_last_order,
  engagement.user_scores_by_orders, engagement.user_scores_by_order_value,
  engagement.user_scores_by_risk, engagement.user_scores_by_client_since;

-- Segment, band and risk as one number. Two clients have the same if they agree in all three; only
-- what has been unknown here so far shares a place with what else is.
create function engagement.facet_code(segment text, band text, at_risk boolean) returns smallint
  language sql immutable parallel safe
  return (
    20 * coalesce(array_position(array['PROSPECT', 'LOST', 'CANT_LOSE', 'AT_RISK', 'CHAMPION',
      'LOYAL', 'PROMISING', 'NEW', 'NEEDS_ATTENTION', 'HIBERNATING'], segment), 0)
    + 2 * coalesce(array_position(array['HEALTHY', 'COOLING', 'LOW', 'LAPSED', 'PROSPECT'], band), 0)
    + at_risk::int)::smallint;

alter table engagement.user_scores add column facet_code smallint not null
  generated always as (engagement.facet_code(segment, band, at_risk)) stored;

-- One for each order of the list, as before.
create index user_scores_by_score
  on engagement.user_scores (facet_code, score, user_id, last_order_at);
create index user_scores_by_last_order
  on engagement.user_scores (facet_code, last_order_at, user_id, score);
create index user_scores_by_orders
  on engagement.user_scores (facet_code, order_count, user_id, score, last_order_at);
create index user_scores_by_order_value
  on engagement.user_scores (facet_code, average_order_value, user_id, score, last_order_at);
create index user_scores_by_risk
  on engagement.user_scores (facet_code, at_risk_since, user_id, score, last_order_at);
create index user_scores_by_client_since
  on engagement.user_scores (facet_code, client_since, user_id, score, last_order_at);

analyze engagement.user_scores;
