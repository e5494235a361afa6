package io.rekindle.dashboard.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.SubjectType;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A small OpenID provider that speaks real HTTP: discovery, keys, authorization with PKCE, tokens
 * and user info. Whoever comes is signed in at once, as the person that the test has set.
 */
public final class TestOidcProvider implements AutoCloseable {

  public static final String CLIENT = "rekindle-dashboard";
  public static final String SECRET = "a secret of the test's client";

  private final HttpServer server;
  private final ECKey key;
  private final Map<String, AuthenticationRequest> codes = new ConcurrentHashMap<>();
  private volatile Map<String, Object> person = Map.of();
  private volatile Map<String, Object> userInfo = Map.of();
  private volatile Consumer<JWTClaimsSet.Builder> change = claims -> {};
  private volatile ECKey signedWith;
  private volatile String refusal;

  public TestOidcProvider() throws IOException, JOSEException {
    key = key("first");
    signedWith = key;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    on("/.well-known/openid-configuration", exchange -> json(exchange, 200, metadata()));
    on("/keys", exchange -> json(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
    on("/authorize", this::authorize);
    on("/token", this::token);
    on("/userinfo", exchange -> json(exchange, 200, JSONObjectUtils.toJSONString(userInfo)));
    server.start();
  }

  /** A new key pair of that id. */
  static ECKey key(String id) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }

  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Who signs in from now on, and nothing odd about it. */
  public void person(Map<String, Object> claims) {
    person = claims;
    userInfo = Map.of("sub", claims.get("sub"));
    change = same -> {};
    signedWith = key;
    refusal = null;
  }

  /** What is said of the person beside the token. */
  void userInfo(Map<String, Object> claims) {
    userInfo = claims;
  }

  /** Changes the ID tokens that follow. */
  void change(Consumer<JWTClaimsSet.Builder> changed) {
    change = changed;
  }

  void signWith(ECKey other) {
    signedWith = other;
  }

  /** Lets nobody in, with this error. */
  void refuse(String error) {
    refusal = error;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private String metadata() {
    OIDCProviderMetadata metadata =
        new OIDCProviderMetadata(
            new Issuer(issuer()), List.of(SubjectType.PUBLIC), URI.create(issuer() + "/keys"));
    metadata.setAuthorizationEndpointURI(URI.create(issuer() + "/authorize"));
    metadata.setTokenEndpointURI(URI.create(issuer() + "/token"));
    metadata.setUserInfoEndpointURI(URI.create(issuer() + "/userinfo"));
    metadata.setEndSessionEndpointURI(URI.create(issuer() + "/end"));
    metadata.setIDTokenJWSAlgs(List.of(JWSAlgorithm.ES256));
    metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
    metadata.applyDefaults();
    return metadata.toJSONObject().toJSONString();
  }

  private void authorize(HttpExchange exchange) throws IOException, ParseException {
    AuthenticationRequest request =
        AuthenticationRequest.parse(exchange.getRequestURI().getRawQuery());
    String answer;
    if (refusal != null) {
      answer = "error=" + refusal;
    } else {
      String code = new AuthorizationCode().getValue();
      codes.put(code, request);
      answer = "code=" + code;
    }
    exchange
        .getResponseHeaders()
        .add(
            "Location",
            request.getRedirectionURI() + "?" + answer + "&state=" + request.getState().getValue());
    exchange.sendResponseHeaders(302, -1);
  }

  private void token(HttpExchange exchange) throws IOException, ParseException, JOSEException {
    HTTPRequest http = new HTTPRequest(HTTPRequest.Method.POST, URI.create(issuer() + "/token"));
    http.setAuthorization(exchange.getRequestHeaders().getFirst("Authorization"));
    http.setHeader("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
    http.setBody(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    TokenRequest request = TokenRequest.parse(http);
    AuthorizationCodeGrant grant = (AuthorizationCodeGrant) request.getAuthorizationGrant();
    AuthenticationRequest asked = codes.remove(grant.getAuthorizationCode().getValue());
    boolean client =
        request.getClientAuthentication() instanceof ClientSecretBasic basic
            && basic.getClientID().getValue().equals(CLIENT)
            && basic.getClientSecret().getValue().equals(SECRET);
    if (!client
        || asked == null
        || !asked.getRedirectionURI().equals(grant.getRedirectionURI())
        || !CodeChallenge.compute(CodeChallengeMethod.S256, grant.getCodeVerifier())
            .equals(asked.getCodeChallenge())) {
      json(exchange, 400, "{\"error\": \"invalid_grant\"}");
      return;
    }
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer())
            .audience(CLIENT)
            .issueTime(Date.from(Instant.now()))
            .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
            .claim("nonce", asked.getNonce().getValue());
    person.forEach(claims::claim);
    change.accept(claims);
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(signedWith.getKeyID()).build(),
            claims.build());
    token.sign(new ECDSASigner(signedWith));
    json(
        exchange,
        200,
        "{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"id_token\": \"%s\"}"
            .formatted(new BearerAccessToken().getValue(), token.serialize()));
  }

  /** Answers a request. */
  private interface Answer {
    void give(HttpExchange exchange) throws IOException, ParseException, JOSEException;
  }

  private void on(String path, Answer answer) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            answer.give(exchange);
          } catch (ParseException | JOSEException e) {
            throw new IOException(e);
          }
        });
  }

  private static void json(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
