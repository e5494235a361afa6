package io.rekindle.dashboard.outreach;

import java.time.Instant;

/**
 * A client who must not be written to.
 *
 * @param address null if it holds for every address of the client
 * @param reason UNSUBSCRIBED, BOUNCED, COMPLAINT or MANUAL
 * @param emailWaits whether an email to the client is ready, which the sender will cancel unless
 *     the suppression holds for another address alone
 */
public record Suppression(
    String userId,
    String address,
    String reason,
    String detail,
    String createdBy,
    Instant createdAt,
    boolean emailWaits) {

  /** Whether the erasure of the person made it; the function erase_user writes the words. */
  public boolean ofErasure() {
    return detail.equals("The person was erased.");
  }
}
