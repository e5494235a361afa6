package io.rekindle.dashboard.orders;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of orders. Stateless. */
final class OrderStore {

  private OrderStore() {}

  /** Stores those whose ids are free; of several with one id the first. Returns what it stored. */
  static List<ShopOrder> insert(Handle handle, List<NewOrder> orders) {
    return handle
        .createQuery(
            """
            insert into shop.orders as o (order_id, user_id, placed_at, amount, refunded_amount,
                currency, category)
            select order_id, user_id, coalesce(placed_at, now()), amount, refunded_amount, currency,
                   category
            from unnest(
                cast(:orderIds as text[]), cast(:userIds as text[]),
                cast(:placedAts as timestamptz[]), cast(:amounts as numeric[]),
                cast(:refunds as numeric[]), cast(:currencies as text[]),
                cast(:categories as text[]))
              as n (order_id, user_id, placed_at, amount, refunded_amount, currency, category)
            on conflict (order_id) do nothing
            returning
            """
                + ShopOrder.COLUMNS)
        .bindArray("orderIds", String.class, orders.stream().map(NewOrder::orderId).toList())
        .bindArray("userIds", String.class, orders.stream().map(NewOrder::userId).toList())
        .bindArray("placedAts", String.class, orders.stream().map(o -> text(o.placedAt())).toList())
        .bindArray("amounts", String.class, orders.stream().map(o -> text(o.amount())).toList())
        .bindArray(
            "refunds", String.class, orders.stream().map(o -> text(o.refundedAmount())).toList())
        .bindArray("currencies", String.class, orders.stream().map(NewOrder::currency).toList())
        .bindArray("categories", String.class, orders.stream().map(NewOrder::category).toList())
        .mapTo(ShopOrder.class)
        .list();
  }

  static List<ShopOrder> byIds(Handle handle, List<String> orderIds) {
    return orderIds.isEmpty()
        ? List.of()
        : handle
            .createQuery(
                "select "
                    + ShopOrder.COLUMNS
                    + " from shop.orders o where order_id = any(cast(:ids as text[]))")
            .bindArray("ids", String.class, orderIds)
            .mapTo(ShopOrder.class)
            .list();
  }

  /** Locks the row until the transaction ends. */
  static Optional<ShopOrder> lock(Handle handle, String orderId) {
    return handle
        .createQuery(
            "select " + ShopOrder.COLUMNS + " from shop.orders o where order_id = :id for update")
        .bind("id", orderId)
        .mapTo(ShopOrder.class)
        .findOne();
  }

  static ShopOrder update(Handle handle, ShopOrder order) {
    return handle
        .createQuery(
            """
            update shop.orders o
            set amount = :amount, refunded_amount = :refundedAmount, status = :status,
                category = :category
            where order_id = :orderId
            returning
            """
                + ShopOrder.COLUMNS)
        .bindMethods(order)
        .mapTo(ShopOrder.class)
        .one();
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }
}
