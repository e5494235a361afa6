package io.rekindle.dashboard;

import static io.rekindle.dashboard.TestClient.encoded;
import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.util.JavalinBindException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real server over a real Postgres. */
class DashboardITCase extends DashboardTestBase {

  @Test
  void shouldShowAScoredUser() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, name, preferred_categories, time_zone, locale,
            marketing_consent, created_at, updated_at)
          values ('u1', 'ada@example.org', 'Ada "Countess" Łęk', '{books,tea}', 'Europe/Warsaw',
            'pl', true, '2024-01-02T03:04:05Z', '2024-01-03T03:04:05Z');
        insert into engagement.user_scores (user_id, score, band, segment, recency_points,
            rhythm_points, frequency_points, value_points, order_probability,
            value_at_stake, order_count, average_order_value,
            last_order_at, usual_gap_ms, at_risk, at_risk_since, next_change_at, computed_score,
            as_of, revision, policy_version)
          values ('u1', 40.0, 'LOW', 'AT_RISK', 4, 4, 22, 10, 0.291, 12.75, 12, 50.00, '2025-04-01T12:00:00Z',
            2990769230, true, '2025-05-21T09:20:00Z', '2025-07-25T00:00:00Z', 40.0,
            '2025-07-20T10:00:00.123Z', 1, 'cadence-v1');
        insert into engagement.emails (email_id, user_id, status, sent_at)
          values ('e1', 'u1', 'SENT', '2025-06-01T00:00:00Z'), ('e2', 'u1', 'READY', null);
        """);

    HttpResponse<String> response = admin.get("/api/users/u1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(json(response))
        .isEqualTo(
            json(
                """
                {"userId": "u1", "email": "ada@example.org", "name": "Ada \\"Countess\\" Łęk",
                 "preferredCategories": ["books", "tea"], "timeZone": "Europe/Warsaw",
                 "locale": "pl", "marketingConsent": true, "createdAt": "2024-01-02T03:04:05Z",
                 "updatedAt": "2024-01-03T03:04:05Z",
                 "lastOrderDate": "2025-04-01T12:00:00Z", "orderCount": 12,
                 "averageOrderValue": 50.00, "engagementScore": 40, "band": "LOW",
                 "segment": "AT_RISK", "atRisk": true, "atRiskSince": "2025-05-21T09:20:00Z",
                 "breakdown": {"recency": 4, "rhythm": 4, "frequency": 22, "value": 10,
                               "contact": null, "loyalty": null},
                 "orderProbability": 0.291, "valueAtStake": 12.75, "overridden": false, "computedScore": 40, "usualGapMillis": 2990769230,
                 "lastContactAt": null, "lastEmailDate": "2025-06-01T00:00:00Z",
                 "nextChangeAt": "2025-07-25T00:00:00Z",
                 "asOf": "2025-07-20T10:00:00.123Z", "policyVersion": "cadence-v1"}
                """));
  }

  @Test
  void shouldShowAUserThatIsNotScoredYet() throws Exception {
    database.execute("insert into shop.users (user_id) values ('new')");

    JsonNode user = json(admin.get("/api/users/new"));

    assertThat(user.get("userId").textValue()).isEqualTo("new");
    assertThat(user.get("preferredCategories")).isEmpty();
    assertThat(user.get("engagementScore").isNull()).isTrue();
    assertThat(user.get("breakdown").isNull()).isTrue();
    assertThat(user.get("asOf").isNull()).isTrue();
  }

  @Test
  void shouldNameEachRequestAsItsCallerDoesUnlessThatCouldBeAnotherLineOfTheLog() throws Exception {
    assertThat(requestId(admin.get("/api/users/nobody"))).matches("[0-9a-f]{16}");
    assertThat(requestId(admin.with("X-Request-Id", "proxy-0042").get("/health")))
        .isEqualTo("proxy-0042");
    assertThat(requestId(admin.with("X-Request-Id", "42 ERROR all is lost").get("/health")))
        .matches("[0-9a-f]{16}");
  }

  private static String requestId(HttpResponse<String> response) {
    return response.headers().firstValue("X-Request-Id").orElseThrow();
  }

  @Test
  void shouldFindUsersWhoseIdsNeedEncoding() throws Exception {
    database.execute("insert into shop.users (user_id) values ('a b/c?d%e''f;g..ü')");

    assertThat(json(admin.get("/api/users/" + encoded("a b/c?d%e'f;g..ü"))).get("userId"))
        .hasToString("\"a b/c?d%e'f;g..ü\"");
  }

  @Test
  void shouldSayThatThereIsNoSuchUser() throws Exception {
    HttpResponse<String> response = admin.get("/api/users/nobody");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(json(response))
        .isEqualTo(
            json(
                "{\"title\":\"Not Found\",\"status\":404,\"code\":\"NOT_FOUND\",\"detail\":\"No user \\\"nobody\\\".\"}"));
  }

  @Test
  void shouldAnswerEveryFailureAsAProblem() throws Exception {
    HttpResponse<String> unknownPath = admin.get("/nothing/here");
    HttpResponse<String> write = admin.post("/api/users/u1", "{}");

    assertThat(unknownPath.statusCode()).isEqualTo(404);
    assertThat(json(unknownPath).get("status").intValue()).isEqualTo(404);
    assertThat(write.statusCode()).isEqualTo(405);
    assertThat(json(write).get("status").intValue()).isEqualTo(405);
  }

  @Test
  void shouldSayHowFarTheScoresHaveCome() throws Exception {
    assertThat(json(admin.get("/health")).get("freshness"))
        .isEqualTo(json("{\"scoredUntil\":null,\"ageMillis\":null,\"writtenAt\":null}"));

    database.execute(
        """
        insert into engagement.pipeline_progress values
          (0, 2, now() - interval '1 hour', now()), (1, 2, now() - interval '2 hours', now())
        """);

    JsonNode progress = json(dashboard.anonymous().get("/health")).get("freshness");
    assertThat(progress.get("scoredUntil").textValue()).endsWith("Z");
    assertThat(Duration.ofMillis(progress.get("ageMillis").longValue()))
        .isBetween(Duration.ofHours(2), Duration.ofHours(3));
  }

  @Test
  void shouldOutliveItsDatabase() throws Exception {
    assertThat(admin.get("/health").statusCode()).isEqualTo(200);

    database.stop();

    HttpResponse<String> down = admin.get("/health");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(json(down).at("/dependencies/database/status").textValue()).isEqualTo("DOWN");
    assertThat(json(down).at("/dependencies/database/error").textValue()).isNotBlank();
    HttpResponse<String> refused = admin.get("/api/users/u1");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(admin.get("/api/pipeline").statusCode()).isEqualTo(503);

    database.startAgain();

    awaitHealth(dashboard);
    assertThat(admin.get("/api/users/u1").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldStartBeforeItsDatabase() throws Exception {
    database.execute("truncate dashboard.accounts cascade");
    database.stop();

    try (TestDashboard early = TestDashboard.start(database)) {
      assertThat(early.anonymous().get("/health").statusCode()).isEqualTo(503);
      database.startAgain();
      awaitHealth(early);
      assertThat(early.admin(database).get("/api/session").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldRefuseAPortInUse() {
    assertThatThrownBy(
            () ->
                TestDashboard.start(
                    database,
                    Map.of("REKINDLE_DASHBOARD_PORT", Integer.toString(dashboard.port()))))
        .isInstanceOf(JavalinBindException.class);
  }

  /** The pool tries again at growing intervals, and each unhealthy answer waits for it. */
  private static void awaitHealth(TestDashboard server) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (server.anonymous().get("/health").statusCode() != 200) {
      assertThat(System.nanoTime()).as("a minute from now").isLessThan(deadline);
    }
  }
}
