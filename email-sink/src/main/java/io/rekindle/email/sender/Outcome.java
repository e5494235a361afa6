package io.rekindle.email.sender;

/** What became of an attempt to hand over an email. */
sealed interface Outcome {

  /**
   * The server has taken it.
   *
   * @param reply the server's words
   */
  record Accepted(String messageId, String reply) implements Outcome {}

  /** Nobody was to get it. */
  record Logged() implements Outcome {}

  /**
   * It may work later.
   *
   * @param reply the server's words; null if it said nothing
   */
  record Deferred(String why, String reply) implements Outcome {}

  /** Nobody gets mail at this address, now or later. */
  record RecipientRefused(String reply) implements Outcome {}

  /**
   * This message will not be taken, now or later.
   *
   * @param reply null if it was not even offered
   */
  record MessageRefused(FailureReason reason, String reply) implements Outcome {}

  /** The server's policy is against this message, or against all of ours: others will tell. */
  record ContentRefused(SmtpReply refusal) implements Outcome {}

  /** The server takes nothing from us before something is put right. */
  record SenderRefused(SmtpReply refusal) implements Outcome {}
}
