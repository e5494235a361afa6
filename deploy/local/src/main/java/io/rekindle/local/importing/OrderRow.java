package io.rekindle.local.importing;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A row of {@code shop.orders} to be written.
 *
 * @param placedAt instant in whole microseconds, the precision of Postgres
 * @param amount units of {@code currency}, at most two decimals
 * @param refundedAmount units of {@code currency}, at most two decimals
 * @param currency ISO 4217 code of three upper-case letters
 * @param status PLACED or CANCELLED
 * @param category null if the shop has none
 * @param cancelledAt as placedAt; null if unknown
 * @param refundedAt as placedAt; null if unknown
 */
public record OrderRow(
    String orderId,
    String userId,
    Instant placedAt,
    BigDecimal amount,
    BigDecimal refundedAmount,
    String currency,
    String status,
    String category,
    Instant cancelledAt,
    Instant refundedAt) {}
