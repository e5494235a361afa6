package io.rekindle.dashboard.pipeline;

/** A dead letter must not be replayed; the message says why. */
final class RejectedReplayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RejectedReplayException(String reason) {
    // Expected and answered: a stack trace would not help.
    super(reason, null, false, false);
  }
}
