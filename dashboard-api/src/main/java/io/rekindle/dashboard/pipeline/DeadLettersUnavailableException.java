package io.rekindle.dashboard.pipeline;

/** The dead letters cannot be read or replayed now; the message says why. */
public class DeadLettersUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean temporary;

  DeadLettersUnavailableException(String message, boolean temporary) {
    // Expected and answered: a stack trace would not help.
    super(message, null, false, false);
    this.temporary = temporary;
  }

  /** Whether a later request may succeed. */
  public boolean temporary() {
    return temporary;
  }
}
