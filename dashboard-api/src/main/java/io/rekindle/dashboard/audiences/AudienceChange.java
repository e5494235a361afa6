package io.rekindle.dashboard.audiences;

import java.time.Instant;

/**
 * A client entered an audience or left it.
 *
 * @param change ENTERED or LEFT
 */
public record AudienceChange(long changeId, String userId, String change, Instant changedAt) {}
