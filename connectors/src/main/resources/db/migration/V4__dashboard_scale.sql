-- What the dashboard's lists are read by when the shop has a million clients.

-- ---------------------------------------------------------------- clients

-- Before every row is written below.
drop index engagement.user_scores_at_risk, engagement.user_scores_score,
  engagement.user_scores_segment, engagement.user_scores_band, engagement.user_scores_last_order,
  engagement.user_scores_orders, engagement.user_scores_order_value,
  engagement.user_scores_at_risk_score, engagement.user_scores_unscored;

-- Room on each page, so that a score update that changes nothing but its time writes no index.
alter table engagement.user_scores set (fillfactor = 85);

-- Since when the shop has the client, for lists of clients with a certain score by that. The shop
-- knows, and the pipeline does not hand it on. It only orders: what is shown is the shop's.
alter table engagement.user_scores add column client_since timestamptz;
update engagement.user_scores s set client_since = u.created_at
  from shop.users u where u.user_id = s.user_id;

create function engagement.look_up_client_since() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
begin
  select created_at into new.client_since from shop.users where user_id = new.user_id;
  return new;
end $$;
create trigger user_scores_client_since before insert on engagement.user_scores
  for each row when (new.client_since is null)
  execute function engagement.look_up_client_since();

create function engagement.follow_client_since() returns trigger language plpgsql
  security definer set search_path = pg_catalog as $$
begin
  update engagement.user_scores set client_since = new.created_at where user_id = new.user_id;
  return null;
end $$;
create trigger users_client_since after update of created_at on shop.users
  for each row when (old.created_at is distinct from new.created_at)
  execute function engagement.follow_client_since();

-- One index for each order of the list, whatever it is filtered by. Segment, band and risk have a
-- hundred combinations at most, so any filter by them is a merge of that many short pieces of an
-- index; score and last order are at the end, so that ranges of them are checked without a look at
-- the rows. Every one of these is written with each score that changes: they replace nine others.
create index user_scores_by_score
  on engagement.user_scores (segment, band, at_risk, score, user_id, last_order_at);
create index user_scores_by_last_order
  on engagement.user_scores (segment, band, at_risk, last_order_at, user_id, score);
create index user_scores_by_orders
  on engagement.user_scores (segment, band, at_risk, order_count, user_id, score, last_order_at);
create index user_scores_by_order_value
  on engagement.user_scores (segment, band, at_risk, average_order_value, user_id, score, last_order_at);
create index user_scores_by_risk
  on engagement.user_scores (segment, band, at_risk, at_risk_since, user_id, score, last_order_at);
create index user_scores_by_client_since
  on engagement.user_scores (segment, band, at_risk, client_since, user_id, score, last_order_at);

-- Of a client without a name, last in the list by name.
create index users_nameless on shop.users (user_id) where name is null;

-- ---------------------------------------------------------------- emails

create index emails_generated_by
  on engagement.emails (generated_by, generated_at, email_id);
create index emails_status_generated_by
  on engagement.emails (status, generated_by, generated_at, email_id);
