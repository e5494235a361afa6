package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.score_overrides}: until it expires this score stands in for the
 * computed one.
 *
 * @param score 0 to 100
 * @param setAt when it was set, epoch milliseconds
 * @param expiresAt first instant at which it no longer holds, epoch milliseconds
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
