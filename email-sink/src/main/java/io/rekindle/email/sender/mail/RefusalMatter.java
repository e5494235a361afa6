package io.rekindle.email.sender.mail;

/** Whose matter a server's refusal is. */
public enum RefusalMatter {
  /** The address does not exist, or is closed for good. */
  RECIPIENT_GONE,
  /** The person is there: the mailbox is full, or takes nothing now or nothing from this sender. */
  RECIPIENT_NOW,
  /** This message, for any recipient: its size, its form, a virus. */
  MESSAGE,
  /** What the message says, or who sends it: the server does not tell which. */
  CONTENT,
  /** The account that sends: its quota, its permissions, its password. */
  ACCOUNT,
  /** The sending side: its server's address and name, its reputation, its domain's records. */
  SENDER,
  /** Too much at once from the sending side. */
  RATE,
  /** The other server has a fault, or wants to be asked again. */
  SYSTEM;

  /** Whether the fault is on the sending side, so that no email and no client is to blame. */
  public boolean isOurs() {
    return this == ACCOUNT || this == SENDER || this == RATE;
  }
}
