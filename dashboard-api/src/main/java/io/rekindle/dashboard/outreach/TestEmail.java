package io.rekindle.dashboard.outreach;

import java.time.Instant;

/**
 * An email that people of the shop send themselves to see it.
 *
 * @param userId the client whose facts it has
 * @param status READY, SENT, LOGGED or FAILED
 * @param lastError why it was not sent; null if it was, or nothing went wrong yet
 * @param sentAt null until it was sent
 */
public record TestEmail(
    String testId,
    String userId,
    String recipient,
    String subject,
    String status,
    String lastError,
    String requestedBy,
    Instant requestedAt,
    Instant sentAt) {}
