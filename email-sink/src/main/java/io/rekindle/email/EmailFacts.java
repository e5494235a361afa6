package io.rekindle.email;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The facts that an email to a user may use. Texts are as the shop stores them, with any content.
 *
 * @param userId never null or empty
 * @param name null if unknown
 * @param lastOrderAt when the newest effective order was placed; null if there is none
 * @param orderCount effective orders ever
 * @param averageOrderValue in units of the policy's base currency; null without orders
 * @param preferredCategories dearest first; may be empty
 * @param locale BCP 47 tag; null if unknown
 * @param timeZone IANA name; null if unknown
 */
public record EmailFacts(
    String userId,
    String name,
    Instant lastOrderAt,
    int orderCount,
    BigDecimal averageOrderValue,
    List<String> preferredCategories,
    String locale,
    String timeZone) {

  public EmailFacts {
    if (userId == null || userId.isEmpty()) {
      throw new IllegalArgumentException("userId is empty");
    }
    preferredCategories = List.copyOf(preferredCategories);
  }

  /** Returns the user's zone. An unknown zone gives UTC, since it must not prevent the email. */
  public ZoneId zone() {
    try {
      return timeZone == null ? ZoneOffset.UTC : ZoneId.of(timeZone);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }
}
