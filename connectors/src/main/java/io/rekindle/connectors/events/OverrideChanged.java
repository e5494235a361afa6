package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.score_overrides}. Its score replaces the computed score until it
 * expires.
 *
 * @param score 0 to 100
 * @param setAt the time at which it was set, epoch milliseconds
 * @param expiresAt first instant without the override, epoch milliseconds
 */
public record OverrideChanged(
    String userId,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    int score,
    long setAt,
    long expiresAt)
    implements Change {}
