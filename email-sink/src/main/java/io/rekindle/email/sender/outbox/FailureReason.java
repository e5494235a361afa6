package io.rekindle.email.sender.outbox;

/** The {@code status_reason} of a failed email. */
public enum FailureReason {
  /** The email has no text. */
  EMPTY,
  /** The server refuses this message. */
  MESSAGE_REFUSED,
  /** The address receives no mail. */
  RECIPIENT_REFUSED,
  /** It was offered as often as allowed. */
  TOO_MANY_ATTEMPTS,
  /** No message could be made of it. */
  UNSENDABLE
}
