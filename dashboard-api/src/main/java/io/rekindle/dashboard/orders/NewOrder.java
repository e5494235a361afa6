package io.rekindle.dashboard.orders;

import io.rekindle.dashboard.web.JsonFields;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An order as a request gives it, with the defaults filled in.
 *
 * @param placedAt null for the moment at which it is stored
 * @param category null if there is none
 */
record NewOrder(
    String orderId,
    String userId,
    Instant placedAt,
    BigDecimal amount,
    BigDecimal refundedAmount,
    String currency,
    String category) {

  static final String MAX_AMOUNT = "999999999999.99";

  /** Of an instant in the database. */
  private static final Duration PRECISION = Duration.ofNanos(1_000);

  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  /** The database has a day of grace; a little less leaves room for two clocks. */
  private static final long GRACE_SECONDS = 86_400 - 300;

  /** Whether a stored order has these contents; without a time of its own it may have any. */
  boolean isStoredAs(ShopOrder stored) {
    return userId.equals(stored.userId())
        && (placedAt == null
            || Duration.between(placedAt, stored.placedAt()).abs().compareTo(PRECISION) < 0)
        && amount.compareTo(stored.amount()) == 0
        && refundedAmount.compareTo(stored.refundedAmount()) == 0
        && currency.equals(stored.currency())
        && Objects.equals(category, stored.category());
  }

  /**
   * Reads the fields; mistakes are the fields' to tell.
   *
   * @param now by this machine's clock
   */
  static NewOrder read(JsonFields body, Instant now) {
    String orderId = body.text("orderId", 128);
    if (body.has("orderId") && (orderId == null || orderId.isBlank())) {
      body.reject("orderId", "has to be a text of 1 to 128 characters, or absent.");
    }
    String userId = body.requiredText("userId", 128);
    Instant placedAt = body.instant("placedAt");
    if (placedAt != null
        && (placedAt.isBefore(EARLIEST) || placedAt.isAfter(now.plusSeconds(GRACE_SECONDS)))) {
      body.reject("placedAt", "has to be in the past, with a day of grace.");
    }
    BigDecimal amount = body.required("amount", body.decimal("amount", "0", MAX_AMOUNT, 2));
    BigDecimal refunded = body.decimal("refundedAmount", "0", MAX_AMOUNT, 2);
    if (refunded != null && amount != null && refunded.compareTo(amount) > 0) {
      body.reject("refundedAmount", "has to be at most the amount.");
    }
    String currency = body.text("currency", 3);
    if (currency != null && !CURRENCIES.contains(currency)) {
      body.reject("currency", "has to be a currency of ISO 4217 such as EUR.");
    }
    String category = body.text("category", 200);
    return new NewOrder(
        orderId == null ? UUID.randomUUID().toString() : orderId,
        userId,
        placedAt,
        amount,
        refunded == null ? BigDecimal.ZERO : refunded,
        currency == null ? "EUR" : currency,
        category);
  }
}
