package io.rekindle.dashboard.audiences;

import java.time.Instant;

/**
 * A client who is, or was, in an audience.
 *
 * @param email as it is today; null if the shop has none
 * @param name as it is today; null if the shop has none
 * @param enteredAt null if the client had entered before entering was noted
 */
public record AudienceMember(String userId, String email, String name, Instant enteredAt) {}
