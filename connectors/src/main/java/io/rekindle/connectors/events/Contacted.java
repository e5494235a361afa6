package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.emails} whose status is SENT: somebody wrote to the user.
 *
 * @param sentAt epoch milliseconds
 */
public record Contacted(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String emailId,
    long sentAt)
    implements Change {}
