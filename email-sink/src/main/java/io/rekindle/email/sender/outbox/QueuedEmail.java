package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.outbox.OutgoingMessage.Branding;
import io.rekindle.scoring.contact.Recipient;
import java.time.Instant;
import java.time.LocalTime;

/**
 * An email that waits to be sent, and all that decides whether it may be, as of one instant.
 *
 * @param text plain text part; empty for none
 * @param html HTML part; empty for none
 * @param decidedAt when it was decided to write it; when it was written, if nothing was decided
 * @param decision the decision, EMAIL for an email without one; null if unknown
 * @param recipient null if the shop has no such user any more
 * @param timeZone of the recipient, as the shop stores it; null without a recipient
 * @param orderedSince whether the recipient has an effective order that the decision did not know
 * @param noLongerAtRisk whether the episode of the email is closed
 * @param lastContactAt when the newest other email was sent to the recipient or to the address;
 *     null if none was
 * @param outreach the rules; null if there are none, which is as good as switched off
 * @param branding of the version of its texts
 * @param review of the version of its texts: FREE, WAITING, APPROVED or REJECTED; FREE without one
 * @param now by the database's clock
 */
public record QueuedEmail(
    String emailId,
    String userId,
    String subject,
    String text,
    String html,
    Instant generatedAt,
    Instant decidedAt,
    String decision,
    Recipient recipient,
    String timeZone,
    boolean orderedSince,
    boolean noLongerAtRisk,
    Instant lastContactAt,
    OutreachSettings outreach,
    Branding branding,
    String review,
    Instant now) {

  /** The message that it becomes. */
  OutgoingMessage message() {
    return new OutgoingMessage(emailId, subject, text, html, branding, false, now);
  }

  /**
   * The rules of outreach, as far as the sender needs them.
   *
   * @param controlPpm share of the permanent control group, in millionths
   * @param controlSalt chooses its users
   * @param updatedAt tells these rules from later ones
   */
  record OutreachSettings(
      boolean enabled,
      int cooldownDays,
      int controlPpm,
      String controlSalt,
      LocalTime quietFrom,
      LocalTime quietUntil,
      Instant updatedAt) {}
}
