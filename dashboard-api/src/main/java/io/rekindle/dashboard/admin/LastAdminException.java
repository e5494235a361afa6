package io.rekindle.dashboard.admin;

/** A change would leave no admin. */
final class LastAdminException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LastAdminException() {
    // Expected and answered: a stack trace would not help.
    super("This is the last admin: make another one first.", null, false, false);
  }
}
