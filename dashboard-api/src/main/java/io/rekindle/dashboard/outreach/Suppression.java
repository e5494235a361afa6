package io.rekindle.dashboard.outreach;

import java.time.Instant;

/**
 * A client who must not be written to.
 *
 * @param address null if it holds for every address of the client
 * @param reason UNSUBSCRIBED, BOUNCED, COMPLAINT or MANUAL
 */
public record Suppression(
    String userId,
    String address,
    String reason,
    String detail,
    String createdBy,
    Instant createdAt) {}
