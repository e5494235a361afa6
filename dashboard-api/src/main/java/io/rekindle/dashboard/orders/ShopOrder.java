package io.rekindle.dashboard.orders;

import io.rekindle.dashboard.database.NullableColumns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  /** Makes one of a row that has the columns of shop.orders. */
  public static ShopOrder read(ResultSet row) throws SQLException {
    return new ShopOrder(
        row.getString("order_id"),
        row.getString("user_id"),
        NullableColumns.instant(row, "placed_at"),
        row.getBigDecimal("amount"),
        row.getBigDecimal("refunded_amount"),
        row.getString("currency"),
        row.getString("status"),
        row.getString("category"),
        NullableColumns.instant(row, "updated_at"));
  }
}
