package io.rekindle.dashboard.orders;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A row of shop.orders.
 *
 * @param amount in units of the currency
 * @param refundedAmount of the amount, what the client got back
 * @param status PLACED or CANCELLED
 * @param category null if there is none
 * @param updatedAt when the row was last written
 */
public record ShopOrder(
    String orderId,
    String userId,
    Instant placedAt,
    BigDecimal amount,
    BigDecimal refundedAmount,
    String currency,
    String status,
    String category,
    Instant updatedAt) {

  static final String COLUMNS =
      """
      o.order_id, o.user_id, o.placed_at, o.amount, o.refunded_amount, o.currency, o.status,
      o.category, o.updated_at
      """;
}
