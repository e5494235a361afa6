package io.rekindle.email.sender.outbox;

import java.time.Instant;
import java.time.LocalTime;

/**
 * An email that waits to be sent, and all that decides whether it may be, as of one instant.
 *
 * @param text plain text part; empty for none
 * @param html HTML part; empty for none
 * @param decidedAt when it was decided to write it; when it was written, if nothing was decided
 * @param decision what was decided about it, EMAIL if nobody had to; null if that is not known
 * @param recipient whom it is for; null if the shop knows nobody of this id any more
 * @param suppression what was said about writing to them; null if nothing was
 * @param orderedSince whether they have an effective order that was not known when it was decided
 *     to write
 * @param recentlyContacted whether another email was sent to them within the cooldown
 * @param outreach the rules; null if there are none, which is as good as switched off
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
    Suppression suppression,
    boolean orderedSince,
    boolean recentlyContacted,
    OutreachSettings outreach,
    Instant now) {

  /**
   * @param address as the shop stores it: of any content; null if unknown
   * @param timeZone as the shop stores it
   */
  record Recipient(String address, boolean consents, String timeZone) {}

  /**
   * @param address the only address it is about; null if it is about the person
   */
  record Suppression(String address) {}

  record OutreachSettings(boolean enabled, LocalTime quietFrom, LocalTime quietUntil) {}
}
