-- The points for the order days ever. Null in rows from before, which means 0. A month of history that
-- was detached before needs the column, too, before it is attached again.

alter table engagement.user_scores add column loyalty_points numeric;
alter table engagement.score_history add column loyalty_points numeric;
