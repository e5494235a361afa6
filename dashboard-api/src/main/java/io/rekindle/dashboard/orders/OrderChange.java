package io.rekindle.dashboard.orders;

import java.math.BigDecimal;

/**
 * What a request changes about an order; null leaves a field as it is.
 *
 * @param category null removes the category if {@code hasCategory} is true
 * @param hasCategory whether the request names the category
 */
record OrderChange(
    BigDecimal amount,
    BigDecimal refundedAmount,
    OrderStatus status,
    String category,
    boolean hasCategory) {

  ShopOrder applyTo(ShopOrder order) {
    return new ShopOrder(
        order.orderId(),
        order.userId(),
        order.placedAt(),
        amount == null ? order.amount() : amount,
        refundedAmount == null ? order.refundedAmount() : refundedAmount,
        order.currency(),
        status == null ? order.status() : status.name(),
        hasCategory ? category : order.category(),
        order.updatedAt());
  }
}
