package io.rekindle.connectors.events;

import java.util.List;

/**
 * A row of {@code shop.users} as it now is.
 *
 * <p>A large column that an update left alone is not in the change; such a field is {@link
 * #UNCHANGED}, and the value known before stays.
 *
 * @param email null if the shop has none
 * @param name null if the shop has none
 * @param preferredCategories null if unchanged
 * @param timeZone IANA name, null if unknown
 * @param locale BCP 47 tag, null if unknown
 * @param createdAt epoch milliseconds
 */
public record UserChanged(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String email,
    String name,
    List<String> preferredCategories,
    String timeZone,
    String locale,
    boolean marketingConsent,
    long createdAt)
    implements Change {

  /** Stands for a text that the update did not touch. No stored text can contain a NUL. */
  public static final String UNCHANGED = "\u0000unchanged";

  public UserChanged {
    preferredCategories = preferredCategories == null ? null : List.copyOf(preferredCategories);
  }
}
