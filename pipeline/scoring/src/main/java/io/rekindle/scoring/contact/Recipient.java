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
            || (address != null
                && NormalAddress.of(suppressedAddress).equals(NormalAddress.of(address))));
  }
}
