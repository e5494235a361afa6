package io.rekindle.dashboard.database;

/** A change does not fit the state as it is now; the message says why, for the caller. */
public final class ConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConflictException(String message) {
    // Expected and answered: a stack trace would not help.
    super(message, null, false, false);
  }
}
