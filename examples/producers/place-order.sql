-- Places an order, or states again what is known of it. Variables: order_id, user_id, amount, currency.
\set ON_ERROR_STOP on
insert into shop.orders (order_id, user_id, amount, currency)
values (:'order_id', :'user_id', :'amount', :'currency')
on conflict (order_id) do update
  set user_id = excluded.user_id, amount = excluded.amount, currency = excluded.currency;
