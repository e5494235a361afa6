package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.mail.SmtpReply;

/** The result of an attempt to hand over an email. */
public sealed interface DeliveryResult {

  /**
   * The server has taken it.
   *
   * @param reply the server's words
   */
  record Accepted(String messageId, String reply) implements DeliveryResult {}

  /** The sender only logs emails. */
  record Logged() implements DeliveryResult {}

  /**
   * It may work later.
   *
   * @param reply the server's words; null without a reply
   */
  record Deferred(String why, String reply) implements DeliveryResult {}

  /** The address receives no mail, now or later. */
  record RecipientRefused(String reply) implements DeliveryResult {}

  /**
   * This message will not be taken, now or later.
   *
   * @param reply null if it was not even offered
   */
  record MessageRefused(FailureReason reason, String reply) implements DeliveryResult {}

  /**
   * The server's policy refuses this message, or every message of the sender. The next messages
   * show which.
   */
  record ContentRefused(SmtpReply refusal) implements DeliveryResult {}

  /** The server refuses every email of the sender until an operator fixes the cause. */
  record SenderRefused(SmtpReply refusal) implements DeliveryResult {}
}
