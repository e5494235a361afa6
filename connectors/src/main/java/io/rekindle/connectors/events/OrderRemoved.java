package io.rekindle.connectors.events;

/**
 * An order is no longer this user's.
 *
 * @param moved whether it now belongs to another user rather than being deleted
 */
public record OrderRemoved(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String orderId,
    boolean moved)
    implements Change {}
