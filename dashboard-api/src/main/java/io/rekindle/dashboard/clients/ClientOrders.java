package io.rekindle.dashboard.clients;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads the orders of a client as the scoring library takes them. Stateless. */
final class ClientOrders {

  private static final String NEWEST =
      """
      select placed_at, currency,
             case when status = 'PLACED' then (amount - refunded_amount) * 100 else 0 end as net
      from shop.orders where user_id = :userId order by placed_at desc limit 1000
      """;

  private ClientOrders() {}

  /**
   * An order.
   *
   * @param net in minor units, less refunds; 0 if it is cancelled
   */
  private record OrderRow(Instant placedAt, String currency, BigDecimal net) {}

  /** The newest 1,000 orders, in the sequence of their times. */
  static OrderHistory read(Handle handle, String userId) {
    List<OrderRow> newestFirst =
        handle.createQuery(NEWEST).bind("userId", userId).mapTo(OrderRow.class).list();
    OrderTable orders = new OrderTable();
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      OrderRow row = newestFirst.get(i);
      orders.add(
          row.placedAt().toEpochMilli(),
          row.net().setScale(0, RoundingMode.HALF_EVEN).longValueExact(),
          CurrencyCodes.pack(row.currency()));
    }
    return orders;
  }
}
