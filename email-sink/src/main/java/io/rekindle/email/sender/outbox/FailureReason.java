package io.rekindle.email.sender.outbox;

/** Why an email has failed for good, as its {@code status_reason} says. */
public enum FailureReason {
  /** There is nothing in it to read. */
  EMPTY,
  /** The server will not take this message. */
  MESSAGE_REFUSED,
  /** Nobody gets mail at the address. */
  RECIPIENT_REFUSED,
  /** It was offered as often as it may be. */
  TOO_MANY_ATTEMPTS,
  /** No message could be made of it. */
  UNSENDABLE
}
