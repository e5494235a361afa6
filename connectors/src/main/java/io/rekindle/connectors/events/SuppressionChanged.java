package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.suppressions}. It forbids emails to the user.
 *
 * @param address the suppressed address, which counts only while the user has it; null if every
 *     address is suppressed
 * @param reason such as UNSUBSCRIBED; a row with any reason suppresses
 */
public record SuppressionChanged(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String address,
    String reason)
    implements Change {}
