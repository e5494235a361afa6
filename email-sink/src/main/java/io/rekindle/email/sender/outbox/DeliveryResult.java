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

  /** The server has not taken it. {@link Refusals} decides what follows. */
  record Refused(SmtpReply reply) implements DeliveryResult {}

  /**
   * The connection was lost.
   *
   * @param mayBeSent whether the server had the whole message, so that it may have taken it
   */
  record Lost(boolean mayBeSent) implements DeliveryResult {}

  /** The address needs SMTPUTF8, which the server does not offer. */
  record AddressUnsupported() implements DeliveryResult {}

  /** No message could be made of it. */
  record Unsendable() implements DeliveryResult {}
}
