package io.rekindle.scoring.contact;

/**
 * A person to write to.
 *
 * @param address the unchecked text of the shop; null if the shop has none
 * @param suppressed whether this person has a suppression
 * @param suppressedAddress the only address that the suppression covers; null if it covers the
 *     person
 */
public record Recipient(
    boolean consents, String address, boolean suppressed, String suppressedAddress) {

  /** Whether there is text before an {@code @}. The sender checks the syntax of the address. */
  public boolean hasAddress() {
    return address != null && address.indexOf('@') > 0;
  }

  /** Whether the suppression covers the person, or the address that the person has now. */
  public boolean isSuppressed() {
    return suppressed
        && (suppressedAddress == null
            || (address != null && lower(suppressedAddress).equals(lower(address))));
  }

  /** Lower case by code point, as Postgres does it under the collation {@code pg_c_utf8}. */
  private static String lower(String text) {
    return text.codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
