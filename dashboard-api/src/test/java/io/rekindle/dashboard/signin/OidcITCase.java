package io.rekindle.dashboard.signin;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing in at an OpenID provider, over real HTTP. */
class OidcITCase {

  private static TestDatabase database;
  private static TestOidcProvider provider;
  private static TestDashboard dashboard;

  private HttpClient browser;

  @BeforeAll
  static void start() throws Exception {
    database = new TestDatabase();
    provider = new TestOidcProvider();
    dashboard = TestDashboard.start(database, settings("true"));
    dashboard.admin(database);
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    provider.close();
    database.close();
  }

  @BeforeEach
  void freshBrowser() throws Exception {
    database.execute("delete from dashboard.accounts where email <> '" + TestDashboard.ADMIN + "'");
    browser = browser();
    provider.person(person("ada", "analysts"));
  }

  @Test
  void shouldSignInLeadOnAndKnowTheAccountAgain() throws Exception {
    HttpResponse<String> first = go("/sign-in/oidc?next=%2Fclients%3Fsegment%3DLOYAL");

    assertThat(first.uri().toString()).endsWith("/clients?segment=LOYAL");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(session().get("email").textValue()).isEqualTo("ada@example.org");
    assertThat(session().get("role").textValue()).isEqualTo("ANALYST");
    String account = session().get("accountId").textValue();

    // Another address, another role, another browser: the same person.
    browser = browser();
    Map<String, Object> later = new HashMap<>(person("ada", "staff", "admins"));
    later.put("email", "ada.lovelace@example.org");
    provider.person(later);
    go("/sign-in/oidc");

    assertThat(session().get("accountId").textValue()).isEqualTo(account);
    assertThat(session().get("role").textValue()).isEqualTo("ADMIN");
    assertThat(
            database.value(
                "select string_agg(action, ',' order by entry_id) from dashboard.audit_log"
                    + " where subject = '"
                    + account
                    + "'"))
        .isEqualTo("CREATE,CHANGE");
  }

  @Test
  void shouldTakeAddressAndRolesFromTheUserInfoIfTheTokenHasNone() throws Exception {
    provider.person(Map.of("sub", "grace"));
    provider.userInfo(
        Map.of(
            "sub",
            "grace",
            "email",
            "grace@example.org",
            "realm",
            Map.of("roles", List.of("staff"))));

    go("/sign-in/oidc");

    assertThat(session().get("role").textValue()).isEqualTo("VIEWER");
  }

  @Test
  void shouldRefuseTokensThatDoNotHold() throws Exception {
    Map<String, Consumer<JWTClaimsSet.Builder>> wrongs =
        Map.of(
            "nonce", claims -> claims.claim("nonce", "of another attempt"),
            "no nonce", claims -> claims.claim("nonce", null),
            "audience", claims -> claims.audience("another-client"),
            "issuer", claims -> claims.issuer("https://elsewhere.example"),
            "expired",
                claims ->
                    claims.expirationTime(Date.from(Instant.now().minus(Duration.ofHours(1)))));
    for (Map.Entry<String, Consumer<JWTClaimsSet.Builder>> wrong : wrongs.entrySet()) {
      provider.person(person("ada", "analysts"));
      provider.change(wrong.getValue());
      assertThat(problem(go("/sign-in/oidc"))).as(wrong.getKey()).isEqualTo("token");
    }

    provider.person(person("ada", "analysts"));
    provider.signWith(TestOidcProvider.key("unknown"));
    assertThat(problem(go("/sign-in/oidc"))).as("unknown key").isEqualTo("token");
    provider.signWith(TestOidcProvider.key("first"));
    assertThat(problem(go("/sign-in/oidc"))).as("another key of that name").isEqualTo("token");
    assertThat(get("/api/session").statusCode()).isEqualTo(401);
    assertThat(database.value("select count(*) from dashboard.identities")).isEqualTo("0");
  }

  @Test
  void shouldRefuseWhoHasNoRoleNoAddressOrSomebodyElsesAddress() throws Exception {
    provider.person(person("ada", "gardeners"));
    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("role");
    provider.person(Map.of("sub", "ada", "realm", Map.of("roles", List.of("staff"))));
    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("email");
    Map<String, Object> unverified = new HashMap<>(person("ada", "staff"));
    unverified.put("email_verified", false);
    provider.person(unverified);
    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("email");
    Map<String, Object> pretender = new HashMap<>(person("mallory", "staff"));
    pretender.put("email", TestDashboard.ADMIN);
    provider.person(pretender);
    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("taken");
    provider.refuse("access_denied");
    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("denied");
    assertThat(
            database.value(
                "select after ->> 'problem' from dashboard.audit_log order by entry_id desc limit 1"))
        .isEqualTo("denied");
  }

  @Test
  void shouldLetNoDisabledAccountIn() throws Exception {
    go("/sign-in/oidc");
    database.execute("update dashboard.accounts set disabled = true where email like 'ada%'");

    browser = browser();

    assertThat(problem(go("/sign-in/oidc"))).isEqualTo("disabled");
  }

  @Test
  void shouldTakeAnAttemptOnceAndFromItsOwnBrowserOnly() throws Exception {
    HttpResponse<String> away = get("/sign-in/oidc");
    URI back = URI.create(get(location(away)).headers().firstValue("Location").orElseThrow());

    HttpClient own = browser;
    browser = browser();
    assertThat(location(get(back.toString()))).as("another browser").contains("problem=expired");
    browser = own;
    assertThat(location(get(back.toString().replace("state=", "state=x")))).contains("expired");
    assertThat(location(get(back.toString()))).as("used up").contains("expired");

    URI next =
        URI.create(
            get(location(get("/sign-in/oidc"))).headers().firstValue("Location").orElseThrow());
    database.execute("update dashboard.oidc_attempts set expires_at = now()");
    assertThat(location(get(next.toString()))).as("too late").contains("expired");
    assertThat(get("/api/session").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldLeadNobodyToAnotherSite() throws Exception {
    assertThat(go("/sign-in/oidc?next=https%3A%2F%2Fevil.example").uri().getPath()).isEqualTo("/");
  }

  @Test
  void shouldSignOutHereAndOfferToSignOutThere() throws Exception {
    go("/sign-in/oidc");
    HttpResponse<String> out =
        send(
            HttpRequest.newBuilder(address("/sign-out"))
                .header("X-CSRF-Token", session().get("csrfToken").textValue())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(location(out)).endsWith("/sign-in?left=provider");
    assertThat(get(location(out)).body()).contains("/sign-out/oidc");
    assertThat(location(get("/sign-out/oidc")))
        .startsWith(
            provider.issuer()
                + "/end?client_id="
                + TestOidcProvider.CLIENT
                + "&post_logout_redirect_uri=http");
    assertThat(get("/api/session").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldTakeNoPasswordsWhereTheyAreSwitchedOff() throws Exception {
    try (TestDashboard strict = TestDashboard.start(database, settings("false"))) {
      TestClient anonymous = strict.anonymous();

      assertThat(get(strict, "/sign-in").body())
          .contains("/sign-in/oidc")
          .doesNotContain("type=\"password\"");
      assertThat(
              anonymous
                  .post(
                      "/api/session",
                      "{\"email\": \"%s\", \"password\": \"%s\"}"
                          .formatted(TestDashboard.ADMIN, TestDashboard.PASSWORD))
                  .statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void shouldSayThatTheProviderIsAway() throws Exception {
    Map<String, String> settings = new HashMap<>(settings("true"));
    settings.put("REKINDLE_OIDC_ISSUER", "http://127.0.0.1:9");
    try (TestDashboard alone = TestDashboard.start(database, settings)) {
      assertThat(location(get(alone, "/sign-in/oidc"))).contains("problem=provider");
      assertThat(get(alone, "/sign-in?problem=provider").body()).contains("does not answer");
    }
  }

  private static Map<String, String> settings(String passwords) {
    return Map.of(
        "REKINDLE_OIDC_ISSUER",
        provider.issuer(),
        "REKINDLE_OIDC_CLIENT_ID",
        TestOidcProvider.CLIENT,
        "REKINDLE_OIDC_CLIENT_SECRET",
        TestOidcProvider.SECRET,
        "REKINDLE_OIDC_ROLE_CLAIM",
        "realm.roles",
        "REKINDLE_OIDC_ROLES",
        "admins=ADMIN, analysts=ANALYST, staff=VIEWER",
        "REKINDLE_DASHBOARD_PASSWORD_SIGN_IN",
        passwords);
  }

  private static Map<String, Object> person(String subject, String... roles) {
    return Map.of(
        "sub",
        subject,
        "email",
        subject + "@example.org",
        "email_verified",
        true,
        "name",
        subject,
        "realm",
        Map.of("roles", List.of(roles)));
  }

  private static HttpClient browser() {
    return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  }

  private JsonNode session() throws Exception {
    return json(get("/api/session"));
  }

  /** Follows where it leads to the end. */
  private HttpResponse<String> go(String path) throws Exception {
    HttpResponse<String> response = get(path);
    while (response.statusCode() / 100 == 3) {
      response = get(response.uri().resolve(location(response)).toString());
    }
    return response;
  }

  private HttpResponse<String> get(String address) throws Exception {
    return send(
        HttpRequest.newBuilder(address(address))
            .header("Accept", "text/html,application/json")
            .build());
  }

  private HttpResponse<String> get(TestDashboard other, String path) throws Exception {
    return get("http://127.0.0.1:" + other.port() + path);
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return browser.send(request, BodyHandlers.ofString());
  }

  private static URI address(String address) {
    return URI.create(
        address.startsWith("http") ? address : "http://127.0.0.1:" + dashboard.port() + address);
  }

  private static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  private static String problem(HttpResponse<String> response) {
    assertThat(response.uri().getPath()).isEqualTo("/sign-in");
    return response.uri().getQuery().replaceFirst(".*problem=(\\w+).*", "$1");
  }
}
