package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.suppressions}: the user is not to be written to.
 *
 * @param address the one address that is not to be written to, which counts only while it is the
 *     user's; null if the user is not to be written to at any
 * @param reason why, such as UNSUBSCRIBED; whatever it is, the row suppresses
 */
public record SuppressionChanged(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String address,
    String reason)
    implements Change {}
