package io.rekindle.local.importing;

import java.time.Instant;
import java.util.List;

/**
 * A row of {@code shop.users} to be written.
 *
 * @param email null if the shop has none
 * @param name null if the shop has none
 * @param timeZone IANA name
 * @param locale BCP 47 tag
 * @param createdAt instant in whole microseconds, the precision of Postgres
 */
public record UserRow(
    String userId,
    String email,
    String name,
    List<String> preferredCategories,
    String timeZone,
    String locale,
    boolean marketingConsent,
    Instant createdAt) {

  public UserRow {
    preferredCategories = List.copyOf(preferredCategories);
  }
}
