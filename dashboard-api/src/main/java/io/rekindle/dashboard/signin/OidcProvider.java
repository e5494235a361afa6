package io.rekindle.dashboard.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import io.rekindle.dashboard.access.Role;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An OpenID provider as its discovery document describes it. This class leads browsers to the
 * provider and identifies the person who comes back. It reads the discovery document again every
 * hour, and the keys when a token names an unknown one. Thread-safe.
 */
final class OidcProvider {

  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int MAX_RESPONSE_BYTES = 512 * 1024;
  private static final Duration METADATA_LIFETIME = Duration.ofHours(1);

  /** A provider that did not answer is not asked again for this long. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

  /** Signatures with a private key only: the client's secret would let a client forge them. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final OidcSettings settings;
  private final Clock clock;
  private Discovered known;
  private Instant failedAt = Instant.EPOCH;

  /** The provider's discovery document and keys. */
  private record Discovered(
      OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys, Instant since) {}

  /**
   * The values by which a sign-in is recognized when it comes back.
   *
   * @param state of the request
   * @param nonce that the ID token has to have
   * @param codeVerifier that the code is worth nothing without
   */
  public record Attempt(String state, String nonce, String codeVerifier) {

    static Attempt begin() {
      return new Attempt(
          new State().getValue(), new Nonce().getValue(), new CodeVerifier().getValue());
    }
  }

  /**
   * Who came back.
   *
   * @param role the most that any of the provider's roles stands for
   */
  record Identity(String issuer, String subject, String email, String name, Role role) {}

  OidcProvider(OidcSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Where to send the browser.
   *
   * @throws OidcSignInException if the provider does not say who it is
   */
  URI authorizationAddress(Attempt attempt, URI callback) throws OidcSignInException {
    return new AuthenticationRequest.Builder(
            ResponseType.CODE,
            Scope.parse(settings.scopes()),
            new ClientID(settings.clientId()),
            callback)
        .endpointURI(known().metadata().getAuthorizationEndpointURI())
        .state(new State(attempt.state()))
        .nonce(new Nonce(attempt.nonce()))
        .codeChallenge(new CodeVerifier(attempt.codeVerifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /** Where to end the provider's own session; empty if it does not say. */
  Optional<URI> endSessionAddress() {
    try {
      return Optional.ofNullable(known().metadata().getEndSessionEndpointURI());
    } catch (OidcSignInException e) {
      return Optional.empty();
    }
  }

  /**
   * Redeems a code.
   *
   * @throws OidcSignInException if the provider's answer is not valid, or lets the person not in
   */
  Identity identify(String code, Attempt attempt, URI callback) throws OidcSignInException {
    Discovered provider = known();
    OIDCTokenResponse tokens = tokens(provider.metadata(), code, attempt, callback);
    IDTokenClaimsSet token;
    try {
      token =
          new IDTokenValidator(
                  new Issuer(settings.issuer()),
                  new ClientID(settings.clientId()),
                  new JWSVerificationKeySelector<>(ALGORITHMS, provider.keys()),
                  null)
              .validate(tokens.getOIDCTokens().getIDToken(), new Nonce(attempt.nonce()));
    } catch (BadJOSEException | JOSEException e) {
      throw SignInProblem.TOKEN.because("The ID token does not hold: " + e.getMessage());
    }
    Map<String, Object> claims = token.toJSONObject();
    if (!OidcClaims.complete(claims, settings)) {
      claims =
          OidcClaims.merged(
              claims,
              userInfo(
                  provider.metadata(),
                  tokens.getOIDCTokens().getAccessToken(),
                  token.getSubject().getValue()));
    }
    String email = OidcClaims.email(claims, settings);
    Role role =
        OidcClaims.role(claims, settings)
            .orElseThrow(
                () ->
                    SignInProblem.ROLE.because(
                        "None of "
                            + settings.roles().keySet()
                            + " is in the claim "
                            + settings.roleClaim()));
    return new Identity(
        settings.issuer(),
        token.getSubject().getValue(),
        email.toLowerCase(Locale.ROOT),
        OidcClaims.name(claims),
        role);
  }

  private OIDCTokenResponse tokens(
      OIDCProviderMetadata metadata, String code, Attempt attempt, URI callback)
      throws OidcSignInException {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), callback, new CodeVerifier(attempt.codeVerifier()));
    ClientID client = new ClientID(settings.clientId());
    TokenRequest request =
        settings
            .clientSecret()
            .map(
                secret ->
                    new TokenRequest.Builder(
                        metadata.getTokenEndpointURI(),
                        takesOnlyPosted(metadata)
                            ? new ClientSecretPost(client, new Secret(secret))
                            : new ClientSecretBasic(client, new Secret(secret)),
                        grant))
            .orElseGet(
                () -> new TokenRequest.Builder(metadata.getTokenEndpointURI(), client, grant))
            .build();
    try {
      TokenResponse response =
          OIDCTokenResponseParser.parse(withTimeouts(request.toHTTPRequest()).send());
      if (!response.indicatesSuccess()) {
        throw SignInProblem.TOKEN.because(
            "The provider gives no token: " + response.toErrorResponse().getErrorObject());
      }
      OIDCTokenResponse tokens = (OIDCTokenResponse) response.toSuccessResponse();
      if (tokens.getOIDCTokens().getIDToken() == null) {
        throw SignInProblem.TOKEN.because("The provider gives no ID token: is the scope openid?");
      }
      return tokens;
    } catch (IOException e) {
      throw SignInProblem.PROVIDER.because("The token endpoint does not answer: " + e.getMessage());
    } catch (ParseException e) {
      throw SignInProblem.TOKEN.because("The token endpoint answers oddly: " + e.getMessage());
    }
  }

  private static boolean takesOnlyPosted(OIDCProviderMetadata metadata) {
    List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
    return methods != null
        && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
  }

  /** The claims beside the ID token; empty if the provider gives none. */
  private static Map<String, Object> userInfo(
      OIDCProviderMetadata metadata, AccessToken token, String subject) throws OidcSignInException {
    if (metadata.getUserInfoEndpointURI() == null || token == null) {
      return Map.of();
    }
    try {
      UserInfoResponse response =
          UserInfoResponse.parse(
              withTimeouts(
                      new UserInfoRequest(metadata.getUserInfoEndpointURI(), token).toHTTPRequest())
                  .send());
      if (!response.indicatesSuccess() || response.toSuccessResponse().getUserInfo() == null) {
        return Map.of();
      }
      var info = response.toSuccessResponse().getUserInfo();
      if (!info.getSubject().getValue().equals(subject)) {
        throw SignInProblem.TOKEN.because("The user info is about another person.");
      }
      return info.toJSONObject();
    } catch (IOException e) {
      throw SignInProblem.PROVIDER.because("The user info does not come: " + e.getMessage());
    } catch (ParseException e) {
      throw SignInProblem.TOKEN.because("The user info is odd: " + e.getMessage());
    }
  }

  private synchronized Discovered known() throws OidcSignInException {
    Instant now = clock.instant();
    if (known != null && now.isBefore(known.since().plus(METADATA_LIFETIME))) {
      return known;
    }
    if (known == null && now.isBefore(failedAt.plus(RETRY_PAUSE))) {
      throw SignInProblem.PROVIDER.because(settings.issuer() + " has not answered a moment ago.");
    }
    try {
      known = ask(now);
    } catch (GeneralException | IOException e) {
      failedAt = clock.instant();
      if (known == null) {
        throw SignInProblem.PROVIDER.because(
            settings.issuer() + " does not say who it is: " + e.getMessage());
      }
      // The last discovery document holds until the provider is back.
      known = new Discovered(known.metadata(), known.keys(), now);
    }
    return known;
  }

  private Discovered ask(Instant now) throws GeneralException, IOException {
    OIDCProviderMetadata metadata =
        OIDCProviderMetadata.resolve(new Issuer(settings.issuer()), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
    return new Discovered(
        metadata,
        JWKSourceBuilder.create(
                metadata.getJWKSetURI().toURL(),
                new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MAX_RESPONSE_BYTES))
            .build(),
        now);
  }

  private static HTTPRequest withTimeouts(HTTPRequest request) {
    request.setConnectTimeout(TIMEOUT_MILLIS);
    request.setReadTimeout(TIMEOUT_MILLIS);
    request.setFollowRedirects(false);
    return request;
  }
}
