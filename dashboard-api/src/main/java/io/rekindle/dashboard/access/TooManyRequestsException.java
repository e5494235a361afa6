package io.rekindle.dashboard.access;

/** A limit is used up for now; the message is for the principal. */
public final class TooManyRequestsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long seconds;

  /**
   * @param seconds until another attempt may succeed, at least 1
   */
  public TooManyRequestsException(long seconds) {
    // Expected and answered: a stack trace would not help.
    super("Too many requests: try again in " + seconds + " s.", null, false, false);
    this.seconds = seconds;
  }

  /** The time until another attempt may succeed, at least 1. */
  public long seconds() {
    return seconds;
  }
}
