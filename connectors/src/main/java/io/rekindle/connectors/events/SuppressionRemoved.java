package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.suppressions} was deleted, so it no longer forbids emails to the user.
 */
public record SuppressionRemoved(
    String userId, long commitTime, RowVersion version, boolean snapshot) implements Change {}
