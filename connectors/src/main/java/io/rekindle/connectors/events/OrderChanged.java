package io.rekindle.connectors.events;

/**
 * The new content of a row of {@code shop.orders}, for its present user.
 *
 * @param placedAt epoch milliseconds
 * @param netMinor amount less refunds in hundredths of {@code currency}'s unit; 0 for a cancelled
 *     order; negative when the refunds exceed the amount
 * @param currency ISO 4217 code of three upper-case letters
 * @param kind the kind of the change, for the cause in the score history
 */
public record OrderChanged(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String orderId,
    long placedAt,
    long netMinor,
    String currency,
    Kind kind)
    implements Change {

  /** The kind of an order change, from a comparison of the old and the new row. */
  public enum Kind {
    /** Read by a snapshot, or inserted. */
    PLACED,
    /** The refunded amount rose. */
    REFUNDED,
    /** The status went from PLACED to CANCELLED. */
    CANCELLED,
    /** The order came from another user. */
    MOVED_IN,
    /** Any other update. */
    AMENDED
  }
}
