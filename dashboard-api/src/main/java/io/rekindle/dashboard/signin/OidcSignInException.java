package io.rekindle.dashboard.signin;

/** Why a sign-in at the provider came to nothing. The message is for the log. */
final class OidcSignInException extends Exception {

  private static final long serialVersionUID = 1L;

  private final SignInProblem problem;

  /**
   * @param problem what the sign-in page says
   */
  OidcSignInException(SignInProblem problem, String message) {
    super(message, null, false, false);
    this.problem = problem;
  }

  SignInProblem problem() {
    return problem;
  }
}
