package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Role;
import java.util.Map;
import java.util.Optional;

/**
 * How people sign in at an OpenID provider.
 *
 * @param issuer exactly as the provider's tokens have it
 * @param clientSecret empty for a client without one, whose codes only PKCE protects
 * @param scopes with spaces between
 * @param emailClaim the claim with the person's address
 * @param roleClaim the claim with the person's roles at the provider; dots lead into objects
 * @param roles what these stand for here
 * @param name of the provider, on the button
 */
public record OidcSettings(
    String issuer,
    String clientId,
    Optional<String> clientSecret,
    String scopes,
    String emailClaim,
    String roleClaim,
    Map<String, Role> roles,
    String name) {

  public OidcSettings {
    roles = Map.copyOf(roles);
  }

  /** Leaves out the secret. */
  @Override
  public String toString() {
    return "OidcSettings[issuer=" + issuer + ", clientId=" + clientId + ", roles=" + roles + "]";
  }
}
