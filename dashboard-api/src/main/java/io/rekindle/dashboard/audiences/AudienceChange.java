package io.rekindle.dashboard.audiences;

import java.time.Instant;

/**
 * A client entered an audience or left it.
 *
 * @param change ENTERED or LEFT
 * @param evaluation of the audience that found it out; all changes by one have its number
 */
public record AudienceChange(
    long changeId, String userId, String change, Instant changedAt, long evaluation) {}
