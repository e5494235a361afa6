package io.rekindle.dashboard.signin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a sign-in came to nothing, as the sign-in page says it by the text {@code
 * signIn.problem.WORD}.
 */
public enum SignInProblem {
  /** The password or the account. */
  WRONG,
  /** Too many attempts. */
  LATER,
  /** The provider or the person said no. */
  DENIED,
  /** The account is disabled. */
  DISABLED,
  /** The provider names no confirmed email address. */
  EMAIL,
  /** This browser has begun no sign-in, or too long ago. */
  EXPIRED,
  /** The provider does not answer as it should. */
  PROVIDER,
  /** The provider gives nothing that a role follows from. */
  ROLE,
  /** Another identity has the account of this address. */
  TAKEN,
  /** The provider's token is not valid. */
  TOKEN;

  /**
   * The exception for this problem.
   *
   * @param message for the log
   */
  OidcSignInException because(String message) {
    return new OidcSignInException(this, message);
  }

  /** As in an address and in the texts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Set<String> words() {
    return Arrays.stream(values()).map(SignInProblem::word).collect(Collectors.toUnmodifiableSet());
  }
}
