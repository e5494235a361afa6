package io.rekindle.connectors.events;

/** A row of {@code engagement.score_overrides} was deleted. */
public record OverrideRemoved(String userId, long commitTime, RowVersion version, boolean snapshot)
    implements Change {}
