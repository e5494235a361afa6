package io.rekindle.dashboard.security;

/** Why a sign-in at the provider came to nothing. The message is for the log. */
final class OidcRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param problem what the sign-in page says, by the key of its text
   */
  OidcRefusal(String problem, String message) {
    super(message, null, false, false);
    this.problem = problem;
  }

  String problem() {
    return problem;
  }
}
