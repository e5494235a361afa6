package io.rekindle.connectors.events;

/** A row of {@code engagement.suppressions} is gone: the user may be written to again. */
public record SuppressionRemoved(
    String userId, long commitTime, RowVersion version, boolean snapshot) implements Change {}
