package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.emails} with status SENT: the user received an email.
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
