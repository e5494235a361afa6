package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Role;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The claims of a provider about a person, as JSON. Stateless. */
final class OidcClaims {

  private static final int MAX_EMAIL_LENGTH = 320;
  private static final int MAX_NAME_LENGTH = 200;

  private OidcClaims() {}

  /** Whether the claims suffice for a sign-in. */
  static boolean complete(Map<String, Object> claims, OidcSettings settings) {
    return claims.get(settings.emailClaim()) instanceof String
        && role(claims, settings).isPresent();
  }

  /** Claims beside the token add to it and change nothing in it. */
  static Map<String, Object> merged(Map<String, Object> token, Map<String, Object> beside) {
    Map<String, Object> merged = new HashMap<>(beside);
    merged.putAll(token);
    return merged;
  }

  /**
   * The person's address.
   *
   * @throws OidcSignInException if there is none, or the provider says that it is not sure of it
   */
  static String email(Map<String, Object> claims, OidcSettings settings)
      throws OidcSignInException {
    String claim = settings.emailClaim();
    if (!(claims.get(claim) instanceof String email)
        || email.length() > MAX_EMAIL_LENGTH
        || !email.matches("[^\\s@\\x00]+@[^\\s@\\x00]+")) {
      throw SignInProblem.EMAIL.because(
          "The claim "
              + claim
              + " has no address: is the scope email asked for? Microsoft Entra ID puts addresses"
              + " into preferred_username: REKINDLE_OIDC_EMAIL_CLAIM names the claim.");
    }
    if (claim.equals("email")
        && (Boolean.FALSE.equals(claims.get("email_verified"))
            || "false".equals(claims.get("email_verified")))) {
      throw SignInProblem.EMAIL.because("The provider says that the address is not verified.");
    }
    return email;
  }

  /** Empty if there is none. */
  static String name(Map<String, Object> claims) {
    String name = claims.get("name") instanceof String text ? text.replace("\0", "").strip() : "";
    return name.length() > MAX_NAME_LENGTH ? name.substring(0, MAX_NAME_LENGTH) : name;
  }

  /** The most that any of the person's roles at the provider stands for; empty if none does. */
  static Optional<Role> role(Map<String, Object> claims, OidcSettings settings) {
    Object found = claims.get(settings.roleClaim());
    if (found == null) {
      // Dots lead into objects, as in realm_access.roles.
      found = claims;
      for (String part : settings.roleClaim().split("\\.", -1)) {
        found = found instanceof Map<?, ?> object ? object.get(part) : null;
      }
    }
    return names(found).stream()
        .map(settings.roles()::get)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder());
  }

  private static Collection<?> names(Object claim) {
    if (claim instanceof Collection<?> many) {
      return many;
    }
    return claim instanceof String text ? Arrays.asList(text.split("[ ,]+")) : List.of();
  }
}
