package io.rekindle.dashboard.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.dashboard.access.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OidcClaimsTest {

  /** As Microsoft Entra ID gives them for most accounts. */
  private static final Map<String, Object> WITHOUT_EMAIL =
      Map.of("sub", "1", "preferred_username", "ada@example.org", "roles", List.of("staff"));

  @Test
  void shouldTakeTheAddressFromTheClaimThatTheSettingNames() throws Exception {
    OidcSettings settings = settings("preferred_username");
    assertThat(OidcClaims.complete(WITHOUT_EMAIL, settings)).isTrue();
    assertThat(OidcClaims.email(WITHOUT_EMAIL, settings)).isEqualTo("ada@example.org");
  }

  @Test
  void shouldNameTheSettingWhereTheClaimIsMissing() {
    OidcSettings settings = settings("email");
    assertThat(OidcClaims.complete(WITHOUT_EMAIL, settings)).isFalse();
    assertThatThrownBy(() -> OidcClaims.email(WITHOUT_EMAIL, settings))
        .isInstanceOf(OidcSignInException.class)
        .hasMessageContaining("REKINDLE_OIDC_EMAIL_CLAIM")
        .hasMessageContaining("preferred_username");
  }

  @Test
  void shouldRefuseANameThatIsNoAddress() {
    Map<String, Object> claims = Map.of("preferred_username", "ada");
    assertThatThrownBy(() -> OidcClaims.email(claims, settings("preferred_username")))
        .isInstanceOf(OidcSignInException.class)
        .hasMessageContaining("preferred_username");
  }

  /** The claim {@code email_verified} is about the claim {@code email}. */
  @Test
  void shouldRefuseAnAddressThatTheProviderIsNotSureOf() {
    Map<String, Object> claims = Map.of("email", "ada@example.org", "email_verified", false);
    assertThatThrownBy(() -> OidcClaims.email(claims, settings("email")))
        .isInstanceOf(OidcSignInException.class)
        .hasMessageContaining("not verified");
  }

  private static OidcSettings settings(String emailClaim) {
    return new OidcSettings(
        "https://id.example",
        "rekindle",
        Optional.empty(),
        "openid email",
        emailClaim,
        "roles",
        Map.of("staff", Role.VIEWER),
        "Example");
  }
}
