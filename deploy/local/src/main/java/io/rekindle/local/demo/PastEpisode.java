package io.rekindle.local.demo;

import io.rekindle.email.Email;
import io.rekindle.job.outreach.Decision;
import java.time.Instant;

/**
 * An episode of the past of the demo shop, with its decision and email.
 *
 * @param closedAt null if it is open at the end of the shop's history
 * @param closeReason null likewise
 * @param email null unless the decision is EMAIL
 * @param sentAt null likewise
 */
record PastEpisode(
    Decision decision, Instant closedAt, String closeReason, Email email, Instant sentAt) {

  Instant openedAt() {
    return Instant.ofEpochMilli(decision.openedAt());
  }

  Instant decidedAt() {
    return Instant.ofEpochMilli(decision.decidedAt());
  }
}
