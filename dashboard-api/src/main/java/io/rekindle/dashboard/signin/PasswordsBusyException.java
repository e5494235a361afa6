package io.rekindle.dashboard.signin;

/** Too many passwords are being checked at this moment. */
public final class PasswordsBusyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PasswordsBusyException() {
    super("Too many people sign in at this moment: try again shortly.", null, false, false);
  }
}
