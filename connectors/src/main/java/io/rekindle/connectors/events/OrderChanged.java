package io.rekindle.connectors.events;

/**
 * A row of {@code shop.orders} as it now is, for the user that it now belongs to.
 *
 * @param placedAt epoch milliseconds
 * @param netMinor amount less refunds in hundredths of {@code currency}'s unit; 0 for a cancelled
 *     order; may be negative when more was refunded than paid
 * @param currency ISO 4217 code of three upper-case letters
 * @param kind what this change is to the order, for the score history's cause
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

  /** What happened to an order, as told by comparing the row before and after. */
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
