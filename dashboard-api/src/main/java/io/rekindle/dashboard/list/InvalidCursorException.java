package io.rekindle.dashboard.list;

/** A cursor that is malformed, or that belongs to another list or another order of it. */
public final class InvalidCursorException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception; the message is for the client of the API. */
  public InvalidCursorException() {
    // Expected and answered: a stack trace would not help.
    super(
        "is not one of this list in this order: take nextCursor from its last page.",
        null,
        false,
        false);
  }
}
