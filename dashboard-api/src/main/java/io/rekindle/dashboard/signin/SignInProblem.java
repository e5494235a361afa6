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
  /** The account is not to be used. */
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
  /** What the provider signed is not good. */
  TOKEN;

  /** As in an address and in the texts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Set<String> words() {
    return Arrays.stream(values()).map(SignInProblem::word).collect(Collectors.toUnmodifiableSet());
  }
}
