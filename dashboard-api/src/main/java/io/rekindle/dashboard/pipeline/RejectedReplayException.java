package io.rekindle.dashboard.pipeline;

/** The pipeline would refuse a dead letter again; the message says why. */
final class RejectedReplayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RejectedReplayException(String reason) {
    // Expected and answered: a stack trace would not help.
    super("It would be refused again: " + reason, null, false, false);
  }
}
