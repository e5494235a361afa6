package io.rekindle.connectors.events;

/**
 * An order was deleted or moved away from this user.
 *
 * @param moved whether the order moved to another user
 */
public record OrderRemoved(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String orderId,
    boolean moved)
    implements Change {}
