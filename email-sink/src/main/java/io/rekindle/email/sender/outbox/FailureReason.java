package io.rekindle.email.sender.outbox;

/** The {@code status_reason} of a failed email. */
public enum FailureReason {
  /** The email has no text. */
  EMPTY,
  /** The server refuses this message. */
  MESSAGE_REFUSED,
  /** The address receives no mail. */
  RECIPIENT_REFUSED,
  /** The result of two attempts is not known. The reader may have it. */
  UNCONFIRMED,
  /** No message could be made of it. */
  UNSENDABLE
}
