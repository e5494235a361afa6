package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.util.JavalinBindException;
import io.rekindle.connectors.database.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server over a real Postgres. */
class DashboardITCase {

  @TempDir static Path data;
  private static EmbeddedPostgres postgres;

  private final HttpClient http = HttpClient.newHttpClient();
  private Dashboard dashboard;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = postgres(0);
    Migrations.apply(postgres.getPostgresDatabase());
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void startDashboard() throws Exception {
    execute("truncate shop.users, engagement.user_scores, engagement.pipeline_progress");
    dashboard = Dashboard.start(settings(0));
  }

  @AfterEach
  void stopDashboard() {
    dashboard.close();
  }

  @Test
  void shouldShowAScoredUser() throws Exception {
    execute(
        """
        insert into shop.users (user_id, email, name, preferred_categories, time_zone, locale,
            marketing_consent, created_at)
          values ('u1', 'ada@example.org', 'Ada "Countess" Łęk', '{books,tea}', 'Europe/Warsaw',
            'pl', true, '2024-01-02T03:04:05Z');
        insert into engagement.user_scores (user_id, score, band, segment, recency_points,
            rhythm_points, frequency_points, value_points, order_count, average_order_value,
            last_order_at, usual_gap_ms, at_risk, at_risk_since, next_change_at, computed_score,
            as_of, revision, policy_version)
          values ('u1', 40.0, 'LOW', 'AT_RISK', 4, 4, 22, 10, 12, 50.00, '2025-04-01T12:00:00Z',
            2990769230, true, '2025-05-21T09:20:00Z', '2025-07-25T00:00:00Z', 40.0,
            '2025-07-20T10:00:00.123Z', 1, 'cadence-v1');
        """);

    HttpResponse<String> response = get("/api/users/u1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(json(response))
        .isEqualTo(
            parse(
                """
                {"userId": "u1", "email": "ada@example.org", "name": "Ada \\"Countess\\" Łęk",
                 "preferredCategories": ["books", "tea"], "timeZone": "Europe/Warsaw",
                 "locale": "pl", "marketingConsent": true, "createdAt": "2024-01-02T03:04:05Z",
                 "lastOrderDate": "2025-04-01T12:00:00Z", "orderCount": 12,
                 "averageOrderValue": 50.00, "engagementScore": 40, "band": "LOW",
                 "segment": "AT_RISK", "atRisk": true, "atRiskSince": "2025-05-21T09:20:00Z",
                 "breakdown": {"recency": 4, "rhythm": 4, "frequency": 22, "value": 10,
                               "contact": null},
                 "overridden": false, "computedScore": 40, "usualGapMillis": 2990769230,
                 "lastContactAt": null, "nextChangeAt": "2025-07-25T00:00:00Z",
                 "asOf": "2025-07-20T10:00:00.123Z", "policyVersion": "cadence-v1"}
                """));
  }

  @Test
  void shouldShowAUserThatIsNotScoredYet() throws Exception {
    execute("insert into shop.users (user_id) values ('new')");

    JsonNode user = json(get("/api/users/new"));

    assertThat(user.get("userId").textValue()).isEqualTo("new");
    assertThat(user.get("preferredCategories")).isEmpty();
    assertThat(user.get("engagementScore").isNull()).isTrue();
    assertThat(user.get("breakdown").isNull()).isTrue();
    assertThat(user.get("asOf").isNull()).isTrue();
  }

  @Test
  void shouldFindUsersWhoseIdsNeedEncoding() throws Exception {
    execute("insert into shop.users (user_id) values ('a b/c?d%e''f;g..ü')");

    assertThat(json(get("/api/users/" + encoded("a b/c?d%e'f;g..ü"))).get("userId").textValue())
        .isEqualTo("a b/c?d%e'f;g..ü");
  }

  @Test
  void shouldSayThatThereIsNoSuchUser() throws Exception {
    HttpResponse<String> response = get("/api/users/nobody");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(json(response))
        .isEqualTo(
            parse(
                "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"No user \\\"nobody\\\".\"}"));
  }

  @Test
  void shouldAnswerEveryFailureAsAProblem() throws Exception {
    HttpResponse<String> unknownPath = get("/nothing/here");
    HttpResponse<String> write =
        http.send(
            request("/api/users/u1").POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(unknownPath.statusCode()).isEqualTo(404);
    assertThat(json(unknownPath).get("status").intValue()).isEqualTo(404);
    assertThat(write.statusCode()).isBetween(404, 405);
    assertThat(json(write).get("status").intValue()).isEqualTo(write.statusCode());
  }

  @Test
  void shouldSayHowFarTheScoresHaveCome() throws Exception {
    assertThat(json(get("/api/pipeline")))
        .isEqualTo(parse("{\"scoredUntil\":null,\"ageMillis\":null,\"writtenAt\":null}"));

    execute(
        """
        insert into engagement.pipeline_progress values
          (0, 2, now() - interval '1 hour', now()), (1, 2, now() - interval '2 hours', now())
        """);

    JsonNode progress = json(get("/api/pipeline"));
    assertThat(progress.get("scoredUntil").textValue()).endsWith("Z");
    assertThat(Duration.ofMillis(progress.get("ageMillis").longValue()))
        .isBetween(Duration.ofHours(2), Duration.ofHours(3));
    assertThat(json(get("/health")).get("freshness").get("scoredUntil"))
        .isEqualTo(progress.get("scoredUntil"));
  }

  @Test
  void shouldOutliveItsDatabase() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
    int port = postgres.getPort();

    postgres.close();

    HttpResponse<String> down = get("/health");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(json(down).at("/dependencies/database/status").textValue()).isEqualTo("DOWN");
    assertThat(json(down).at("/dependencies/database/error").textValue()).isNotBlank();
    assertThat(get("/api/users/u1").statusCode()).isEqualTo(503);
    assertThat(get("/api/pipeline").statusCode()).isEqualTo(503);

    postgres = postgres(port);

    awaitHealth(dashboard);
    assertThat(get("/api/users/u1").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldStartBeforeItsDatabase() throws Exception {
    int port = postgres.getPort();
    postgres.close();

    try (Dashboard early = Dashboard.start(settings(port, 0))) {
      assertThat(get(early, "/health").statusCode()).isEqualTo(503);
      postgres = postgres(port);
      awaitHealth(early);
    }
  }

  @Test
  void shouldRefuseAPortInUse() {
    assertThatThrownBy(() -> Dashboard.start(settings(dashboard.port())))
        .isInstanceOf(JavalinBindException.class);
  }

  /** The pool tries again at growing intervals, and each unhealthy answer waits for it. */
  private void awaitHealth(Dashboard server) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (get(server, "/health").statusCode() != 200) {
      assertThat(System.nanoTime()).as("a minute from now").isLessThan(deadline);
    }
  }

  private static EmbeddedPostgres postgres(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  private static DashboardSettings settings(int port) {
    return settings(postgres.getPort(), port);
  }

  private static DashboardSettings settings(int databasePort, int port) {
    return new DashboardSettings(
        "127.0.0.1",
        port,
        "jdbc:postgresql://127.0.0.1:" + databasePort + "/postgres",
        "rekindle_api",
        "");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(dashboard, path);
  }

  private HttpResponse<String> get(Dashboard server, String path)
      throws IOException, InterruptedException {
    return http.send(request(server, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return request(dashboard, path);
  }

  private static HttpRequest.Builder request(Dashboard server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private static String encoded(String pathSegment) {
    return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return parse(response.body());
  }

  private static JsonNode parse(String json) throws IOException {
    return new JsonMapper().readTree(json);
  }
}
