package io.rekindle.connectors.events;

/** A row of {@code engagement.score_overrides} is gone. */
public record OverrideRemoved(String userId, long commitTime, RowVersion version, boolean snapshot)
    implements Change {}
