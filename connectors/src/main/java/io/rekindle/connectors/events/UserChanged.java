package io.rekindle.connectors.events;

import java.util.List;

/**
 * The new content of a row of {@code shop.users}.
 *
 * <p>A change lacks a large column that the update did not touch. Such a field is {@link
 * #UNCHANGED} and keeps its earlier value.
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
