package io.rekindle.email.sender.outbox;

import io.rekindle.email.LogoImage;
import java.time.Instant;

/**
 * What a message is made of.
 *
 * @param text plain text part; empty for none
 * @param html HTML part; empty for none
 * @param test whether people of the shop sent it to themselves; the message says so
 * @param now by the database's clock
 */
public record OutgoingMessage(
    String emailId,
    String subject,
    String text,
    String html,
    Branding branding,
    boolean test,
    Instant now) {

  /**
   * The parts of a brand that are outside the document.
   *
   * @param senderName null for that of the settings
   * @param replyTo null for that of the settings
   * @param logo a part of the message; null for none
   */
  public record Branding(String senderName, String replyTo, LogoImage logo) {

    /** Of an email without a brand. */
    public static final Branding NONE = new Branding(null, null, null);
  }
}
