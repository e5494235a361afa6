package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.http.HandlerType;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.web.Access;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How pages read the database, over a shop of 240 clients. */
class PageSnapshotsITCase {

  /** Every page behind the sign-in, by its route. */
  private static final Map<String, String> PAGES = new LinkedHashMap<>();

  static {
    PAGES.put("/", "/");
    PAGES.put("/segments", "/segments");
    PAGES.put("/cohorts", "/cohorts");
    PAGES.put("/clients", "/clients?search=a&sort=score");
    PAGES.put("/clients/{userId}", "/clients/c010");
    PAGES.put("/at-risk", "/at-risk");
    PAGES.put("/audiences", "/audiences");
    PAGES.put("/audiences/{audience}", "/audiences/all");
    PAGES.put("/suppressions", "/suppressions");
    PAGES.put("/emails", "/emails?search=again");
    PAGES.put("/emails/{emailId}", "/emails/m-e-now-3");
    PAGES.put("/emails/{emailId}/html", "/emails/m-e-now-3/html");
    PAGES.put("/experiments", "/experiments?id=default");
    PAGES.put("/experiments/new", "/experiments/new");
    PAGES.put("/pipeline", "/pipeline");
    PAGES.put("/pipeline/dead-letters", "/pipeline/dead-letters");
    PAGES.put("/policy", "/policy");
    PAGES.put("/backtests", "/backtests");
    PAGES.put("/settings/outreach", "/settings/outreach");
    PAGES.put("/settings/brand", "/settings/brand");
    PAGES.put("/settings", "/settings");
    PAGES.put("/settings/api-keys", "/settings/api-keys");
    PAGES.put("/settings/audit-log", "/settings/audit-log");
  }

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = new TestDatabase();
    database.fillWithClients();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  /** Starts a dashboard that counts the handles that its requests open. */
  private static TestDashboard counting(AtomicInteger opened) throws Exception {
    DashboardDatabase pool = new DashboardDatabase(database.url(), "rekindle_api", "");
    pool.install(new CountRequestHandles(opened));
    return TestDashboard.start(database, pool);
  }

  @Test
  void shouldReadEachPageThroughOneHandle() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    try (TestDashboard dashboard = counting(opened)) {
      TestClient admin = dashboard.admin(database);
      admin.post("/api/audiences", "{\"audience\": \"all\", \"filter\": {}}");

      assertThat(pageRoutes(dashboard)).isEqualTo(PAGES.keySet());
      for (String page : PAGES.values()) {
        opened.set(0);
        HttpResponse<String> response = admin.with("Accept", "text/html").get(page);

        assertThat(response.statusCode()).as("status of %s", page).isEqualTo(200);
        assertThat(opened.get()).as("handles of %s and of its session", page).isBetween(1, 2);
      }
    }
  }

  @Test
  void shouldReadEachListOfAClientThroughOneHandle() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    try (TestDashboard dashboard = counting(opened)) {
      TestClient admin = dashboard.admin(database);

      for (String list : List.of("history", "timeline", "orders", "emails", "decisions")) {
        for (String format : List.of("json", "csv")) {
          opened.set(0);
          String path = "/api/users/c010/" + list + "?format=" + format;
          HttpResponse<String> response = admin.get(path);

          assertThat(response.statusCode()).as("status of %s", path).isEqualTo(200);
          assertThat(opened.get()).as("handles of %s and of its session", path).isBetween(1, 2);
          String unknown = "/api/users/nobody-here/" + list + "?format=" + format;
          assertThat(admin.get(unknown).statusCode()).as(unknown).isEqualTo(404);
        }
      }
    }
  }

  @Test
  void shouldShowClientsEmailsAndExperimentsBeforeTheFirstStatistics() throws Exception {
    try (Connection blocker = database.connect();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      // Every count begins with a look at how far the job has come.
      statement.execute("lock table engagement.pipeline_progress in access exclusive mode");
      try (TestDashboard dashboard = TestDashboard.start(database)) {
        TestClient admin = dashboard.admin(database);

        for (String path :
            new String[] {
              "/clients",
              "/at-risk",
              "/clients/c010",
              "/emails",
              "/emails/m-e-now-3",
              "/experiments",
              "/api/users",
              "/api/users/c010",
              "/api/emails",
              "/api/experiments",
              "/api/experiments/default"
            }) {
          assertThat(admin.get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(admin.get("/api/segments").statusCode()).isEqualTo(503);
      }
      blocker.rollback();
    }
  }

  @Test
  void shouldShowAmountsInTheCurrencyOfThePolicyThatTheJobHasStored() throws Exception {
    String policy =
        ScoringPolicy.builtIn("cadence-v1")
            .json()
            .replaceFirst("\\{", "{\"currency\": {\"base\": \"GBP\", \"rates\": {}}, ");
    database.execute(
        """
        insert into engagement.policy_in_force (policy_version, built_in, hash, document)
        values ('cadence-v1', false, 'h', '%s')
        """
            .formatted(policy.replace("'", "''")));
    try (TestDashboard dashboard = TestDashboard.start(database)) {
      TestClient admin = dashboard.admin(database);

      assertThat(admin.get("/clients").body()).contains("£");
      assertThat(admin.get("/clients/c010").body()).contains("£");
      assertThat(admin.get("/at-risk").body()).contains("£");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  private static Set<String> pageRoutes(TestDashboard dashboard) {
    return dashboard.dashboard().routes().stream()
        .filter(
            route ->
                route.method().equals(HandlerType.GET) && !route.access().equals(Access.PUBLIC))
        .map(route -> route.path())
        .filter(path -> !path.startsWith("/api/") && !path.equals("/metrics"))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Counts the handles that the threads of requests open, and not those of background work. */
  private record CountRequestHandles(AtomicInteger opened) implements JdbiPlugin {

    @Override
    public Handle customizeHandle(Handle handle) {
      if (Thread.currentThread().getName().startsWith("qtp")) {
        opened.incrementAndGet();
      }
      return handle;
    }
  }
}
