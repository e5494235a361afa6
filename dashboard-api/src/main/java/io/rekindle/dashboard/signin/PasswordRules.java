package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.web.JsonFields;

/** The rules for a new password. */
public final class PasswordRules {

  private PasswordRules() {}

  /** Reads a new password from a request; null only after a mistake. */
  public static String read(JsonFields body, String name) {
    String password = body.requiredText(name, Passwords.MAX_LENGTH);
    if (password != null && password.length() < Passwords.MIN_LENGTH) {
      body.reject(name, "at least " + Passwords.MIN_LENGTH + " characters.");
      return null;
    }
    return password;
  }
}
