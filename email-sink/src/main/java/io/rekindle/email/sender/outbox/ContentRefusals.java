package io.rekindle.email.sender.outbox;

import java.util.HashSet;
import java.util.Set;

/**
 * Decides whether the refusal of an email's content concerns the email or the sender, which no
 * server says. It concerns the email if the server accepts others before it refuses the email a
 * second time. It concerns the sender if the server refuses several emails in a row. Until either
 * is known, nothing has failed.
 */
final class ContentRefusals {

  private static final int IN_A_ROW = 3;

  enum About {
    UNKNOWN,
    EMAIL,
    SENDER
  }

  /** The emails that were refused since one was accepted, up to as many as matter. */
  private final Set<String> refused = new HashSet<>();

  /** Whether the server accepted the last content that it read. */
  private boolean accepted;

  void accepted() {
    refused.clear();
    accepted = true;
  }

  /**
   * @param attempt number of the attempt that was refused, from 1 on
   */
  About refused(String emailId, int attempt) {
    boolean othersAccepted = accepted;
    accepted = false;
    if (othersAccepted && attempt > 1) {
      return About.EMAIL;
    }
    if (refused.size() < IN_A_ROW) {
      refused.add(emailId);
    }
    return refused.size() < IN_A_ROW ? About.UNKNOWN : About.SENDER;
  }
}
