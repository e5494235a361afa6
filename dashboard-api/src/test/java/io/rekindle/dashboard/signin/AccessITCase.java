package io.rekindle.dashboard.signin;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Router;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is let in where. */
class AccessITCase extends DashboardTestBase {

  /** What may be open; whatever else becomes so has to be added here on purpose. */
  private static final Set<String> PUBLIC =
      Set.of("GET /health", "GET /docs", "POST /sign-in", "GET /sign-in", "POST /api/session");

  @Test
  void shouldLetEveryRoleInWhereItMayAndNowhereElse() throws Exception {
    Map<Role, TestClient> accounts =
        Map.of(
            Role.VIEWER, dashboard.account(admin, "VIEWER"),
            Role.ANALYST, dashboard.account(admin, "ANALYST"),
            Role.ADMIN, admin);
    Map<Scope, TestClient> keys =
        Map.of(
            Scope.READ, dashboard.key(admin, "read"),
            Scope.USERS_WRITE, dashboard.key(admin, "users:write"),
            Scope.ORDERS_WRITE, dashboard.key(admin, "orders:write"));

    for (Router.Route route : dashboard.dashboard().routes()) {
      Access access = route.access();
      if (access.equals(Access.PUBLIC) || isStream(route) || endsSessions(route)) {
        continue;
      }
      assertThat(status(dashboard.anonymous(), route)).as("anonymous " + route).isEqualTo(401);
      assertThat(status(TestClient.withKey(dashboard.port(), "rk_wrong"), route))
          .as("wrong key " + route)
          .isEqualTo(401);
      for (Role role : Role.values()) {
        int status = status(accounts.get(role), route);
        if (role.covers(access.least())) {
          assertThat(status).as(role + " " + route).isNotIn(401, 403, 500);
        } else {
          assertThat(status).as(role + " " + route).isEqualTo(403);
        }
      }
      for (Scope scope : Scope.values()) {
        int status = status(keys.get(scope), route);
        if (scope == access.scope()) {
          assertThat(status).as(scope + " " + route).isNotIn(401, 403, 500);
        } else {
          assertThat(status).as(scope + " " + route).isEqualTo(403);
        }
      }
    }
  }

  @Test
  void shouldHaveNoOpenAddressByAccident() {
    assertThat(
            dashboard.dashboard().routes().stream()
                .filter(route -> route.access().equals(Access.PUBLIC))
                .map(route -> route.method() + " " + route.path())
                .filter(route -> !route.startsWith("GET /assets/"))
                .filter(route -> !route.startsWith("GET /openapi."))
                .collect(Collectors.toSet()))
        .isSubsetOf(PUBLIC);
  }

  @Test
  void shouldRefuseChangesWithoutTheSessionsToken() throws Exception {
    TestClient withoutToken = admin.without("X-CSRF-Token");
    for (Router.Route route : dashboard.dashboard().routes()) {
      if (route.access().equals(Access.PUBLIC) || route.method().name().equals("GET")) {
        continue;
      }
      assertThat(status(withoutToken, route)).as("no token " + route).isEqualTo(403);
      assertThat(status(withoutToken.with("X-CSRF-Token", "x"), route))
          .as("wrong token " + route)
          .isEqualTo(403);
    }
    assertThat(admin.get("/api/session").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldSignInByFormAndOut() throws Exception {
    TestClient anonymous = dashboard.anonymous();
    HttpResponse<String> wrong =
        anonymous.postForm("/sign-in", "email=admin%40example.org&password=wrong&next=%2Fclients");
    assertThat(wrong.statusCode()).isEqualTo(303);
    assertThat(wrong.headers().firstValue("Location"))
        .hasValue("/sign-in?problem=wrong&next=%2Fclients");

    HttpResponse<String> right =
        anonymous.postForm(
            "/sign-in",
            "email=ADMIN%40example.org&password=correct+horse+battery&next=%2F%2Fevil.example");
    assertThat(right.statusCode()).isEqualTo(303);
    assertThat(right.headers().firstValue("Location")).hasValue("/");
    String cookie = right.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/").doesNotContain("Secure");

    TestClient signedIn = anonymous.with("Cookie", cookie.split(";", 2)[0]);
    String token = json(signedIn.get("/api/session")).get("csrfToken").textValue();
    HttpResponse<String> out = signedIn.postForm("/sign-out", "_csrf=" + token);
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(signedIn.get("/api/session").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldRefuseToBeSignedInByAnotherSite() throws Exception {
    HttpResponse<String> refused =
        dashboard
            .anonymous()
            .with("Sec-Fetch-Site", "cross-site")
            .postForm("/sign-in", "email=admin%40example.org&password=correct+horse+battery");

    assertThat(refused.statusCode()).isEqualTo(403);
  }

  @Test
  void shouldSlowDownThoseWhoGuessPasswords() throws Exception {
    TestClient anonymous = dashboard.anonymous();
    String guess = "{\"email\": \"admin@example.org\", \"password\": \"a wrong one\"}";
    HttpResponse<String> response = anonymous.post("/api/session", guess);
    for (int i = 0; i < 20 && response.statusCode() == 401; i++) {
      response = anonymous.post("/api/session", guess);
    }

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void shouldMakeCookiesSecureBehindHttps() throws Exception {
    try (TestDashboard behind =
        TestDashboard.start(
            database, Map.of("REKINDLE_DASHBOARD_PUBLIC_URL", "https://rekindle.example"))) {
      HttpResponse<String> response =
          behind
              .anonymous()
              .post(
                  "/api/session",
                  "{\"email\": \"%s\", \"password\": \"%s\"}"
                      .formatted(TestDashboard.ADMIN, TestDashboard.PASSWORD));

      assertThat(response.headers().firstValue("Set-Cookie"))
          .hasValueSatisfying(
              cookie -> assertThat(cookie).startsWith("__Host-").contains("; Secure"));
      assertThat(response.headers().firstValue("Strict-Transport-Security")).isPresent();
    }
  }

  @Test
  void shouldEndTheSessionsOfWhoeverIsDisabledOrGivenAnotherPassword() throws Exception {
    TestClient viewer = dashboard.account(admin, "VIEWER");
    String id = accountId("viewer@example.org");

    assertThat(admin.put("/api/accounts/" + id, "{\"disabled\": true}").statusCode())
        .isEqualTo(200);
    assertThat(viewer.get("/api/session").statusCode()).isEqualTo(401);

    admin.put("/api/accounts/" + id, "{\"disabled\": false}");
    TestClient again =
        TestClient.signedIn(dashboard.port(), "viewer@example.org", TestDashboard.PASSWORD);
    admin.put("/api/accounts/" + id, "{\"password\": \"another long one\"}");
    assertThat(again.get("/api/session").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldChangeOnesOwnPassword() throws Exception {
    assertThat(
            admin
                .put(
                    "/api/session/password",
                    "{\"currentPassword\": \"wrong\", \"newPassword\": \"another long one\"}")
                .statusCode())
        .isEqualTo(400);
    assertThat(
            admin
                .put(
                    "/api/session/password",
                    "{\"currentPassword\": \"%s\", \"newPassword\": \"another long one\"}"
                        .formatted(TestDashboard.PASSWORD))
                .statusCode())
        .isEqualTo(204);
    assertThat(admin.get("/api/session").statusCode()).isEqualTo(200);
    TestClient.signedIn(dashboard.port(), TestDashboard.ADMIN, "another long one");
  }

  @Test
  void shouldNotLoseTheLastAdmin() throws Exception {
    String id = accountId(TestDashboard.ADMIN);

    assertThat(admin.put("/api/accounts/" + id, "{\"role\": \"VIEWER\"}").statusCode())
        .isEqualTo(409);
    assertThat(admin.put("/api/accounts/" + id, "{\"disabled\": true}").statusCode())
        .isEqualTo(409);
    assertThat(admin.delete("/api/accounts/" + id).statusCode()).isEqualTo(409);
  }

  @Test
  void shouldRevokeKeysAndStoreNoSecret() throws Exception {
    HttpResponse<String> created =
        admin.post("/api/api-keys", "{\"name\": \"shop\", \"scopes\": [\"read\"]}");
    String secret = json(created).get("secret").textValue();
    TestClient key = TestClient.withKey(dashboard.port(), secret);
    assertThat(key.get("/api/users").statusCode()).isEqualTo(200);

    String id = json(created).at("/key/keyId").textValue();
    assertThat(admin.delete("/api/api-keys/" + id).statusCode()).isEqualTo(204);

    assertThat(key.get("/api/users").statusCode()).isEqualTo(401);
    assertThat(admin.get("/api/api-keys").body()).doesNotContain(secret);
    assertThat(admin.get("/api/audit-log").body()).doesNotContain(secret);
    assertThat(
            database.value(
                "select count(*) from dashboard.api_keys k where k::text like '%"
                    + secret.substring(12)
                    + "%'"))
        .isEqualTo("0");
    assertThat(database.value("select password_hash from dashboard.accounts"))
        .startsWith("$argon2id$v=19$m=64,t=1,p=1$");
  }

  @Test
  void shouldRefuseAKeyThatHasExpiredAndSaySo() throws Exception {
    assertThat(
            admin
                .post(
                    "/api/api-keys",
                    "{\"name\": \"x\", \"scopes\": [\"read\"], \"expiresAt\":"
                        + " \"2020-01-01T00:00:00Z\"}")
                .body())
        .contains("expiresAt", "in the future");
    HttpResponse<String> created =
        admin.post(
            "/api/api-keys",
            "{\"name\": \"x\", \"scopes\": [\"read\"], \"expiresAt\": \"2999-01-01T00:00:00Z\"}");
    assertThat(json(created).at("/key/expiresAt").textValue()).startsWith("2999-01-01T00:00:00");
    TestClient key = TestClient.withKey(dashboard.port(), json(created).get("secret").textValue());
    assertThat(key.get("/api/users").statusCode()).isEqualTo(200);

    database.execute("update dashboard.api_keys set expires_at = now() - interval '1 second'");

    HttpResponse<String> refused = key.get("/api/users");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(json(refused).get("detail").textValue())
        .contains(json(created).at("/key/prefix").textValue(), "expired at", "an admin can");
    assertThat(admin.get("/settings/api-keys").body()).contains("Expired");
  }

  @Test
  void shouldCountOnlyRequestsOfAPersonAsUseOfASession() throws Exception {
    String unused =
        "select extract(epoch from now() - last_seen_at)::int > 60 from dashboard.sessions";
    database.execute("update dashboard.sessions set last_seen_at = now() - interval '1 hour'");

    admin.with("X-Background", "true").get("/api/pipeline");
    assertThat(database.value(unused)).as("a page by itself").isEqualTo("t");
    admin.get("/api/pipeline");
    assertThat(database.value(unused)).as("a person").isEqualTo("f");

    database.execute("update dashboard.sessions set last_seen_at = now() - interval '13 hours'");
    assertThat(admin.get("/api/session").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldSendSecurityHeadersWithEveryAnswer() throws Exception {
    for (String path : List.of("/health", "/api/users", "/nothing")) {
      HttpResponse<String> response = admin.get(path);
      assertThat(response.headers().firstValue("Content-Security-Policy"))
          .hasValueSatisfying(
              policy ->
                  assertThat(policy)
                      .contains("default-src 'none'", "frame-ancestors 'none'")
                      .doesNotContain("unsafe"));
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(response.headers().firstValue("Referrer-Policy")).isPresent();
    }
  }

  @Test
  void shouldGiveItsRoleInTheDatabaseNoMoreThanTheApiNeeds() {
    for (String forbidden :
        List.of(
            "delete from shop.users",
            "update shop.users set user_id = 'x'",
            "delete from shop.orders",
            "update shop.orders set user_id = 'x'",
            "update engagement.user_scores set score = 1",
            "delete from engagement.score_history",
            "update engagement.risk_episodes set user_id = 'x'",
            "update engagement.emails set status = 'SENT'",
            "update dashboard.audit_log set actor = 'x'",
            "delete from dashboard.audit_log",
            "truncate dashboard.audit_log",
            "delete from engagement.scoring_policies",
            "create table shop.x (y int)")) {
      assertThatThrownBy(() -> database.executeAsApi(forbidden))
          .as(forbidden)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
  }

  @Test
  void shouldNoteSignInsAndWhoWasRefused() throws Exception {
    dashboard
        .anonymous()
        .post("/api/session", "{\"email\": \"admin@example.org\", \"password\": \"no\"}");

    assertThat(json(admin.get("/api/audit-log")).get("items"))
        .extracting(entry -> entry.get("action").textValue())
        .contains("SIGN_IN", "SIGN_IN_REFUSED");
  }

  private String accountId(String email) throws Exception {
    for (JsonNode account : json(admin.get("/api/accounts")).get("items")) {
      if (account.get("email").textValue().equals(email)) {
        return account.get("accountId").textValue();
      }
    }
    throw new AssertionError("no account " + email);
  }

  private static boolean isStream(Router.Route route) {
    return route.path().equals("/api/events");
  }

  /** Would end the session that the rest of the walk needs. */
  private static boolean endsSessions(Router.Route route) {
    return Set.of("POST /sign-out", "DELETE /api/session")
        .contains(route.method() + " " + route.path());
  }

  /** With a body that no handler accepts, so that nothing is changed. */
  private static int status(TestClient client, Router.Route route) throws Exception {
    String path =
        Arrays.stream(route.path().split("/"))
            .map(part -> part.startsWith("{") || part.startsWith("<") ? "none" : part)
            .collect(Collectors.joining("/"));
    String target = path.isEmpty() ? "/" : path;
    HttpResponse<String> response =
        route.method().name().equals("GET")
            ? client.get(target)
            : client.send(route.method().name(), target, "{\"no such field\": 1}");
    return response.statusCode();
  }
}
