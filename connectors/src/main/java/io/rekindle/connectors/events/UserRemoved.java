package io.rekindle.connectors.events;

/** A row of {@code shop.users} was deleted. */
public record UserRemoved(String userId, long commitTime, RowVersion version, boolean snapshot)
    implements Change {}
