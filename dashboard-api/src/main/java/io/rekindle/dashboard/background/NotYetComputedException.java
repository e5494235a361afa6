package io.rekindle.dashboard.background;

/** A statistic has no value yet; the message is for the reader. */
public final class NotYetComputedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an answer without a value. */
  public NotYetComputedException(String message) {
    // Expected and answered: a stack trace would not help.
    super(message, null, false, false);
  }
}
