package io.rekindle.dashboard.reconstruction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.reconstruction.HistoryReconstruction.Outcome;
import io.rekindle.dashboard.reconstruction.HistoryReconstruction.Result;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryReconstructionITCase {

  /** More than two batches. */
  private static final int CLIENTS = 2 * HistoryReconstruction.BATCH_USERS + 100;

  private static final String DIGEST =
      "select count(*) || ' ' || md5(string_agg(h::text, E'\\n' order by user_id, as_of))"
          + " from engagement.reconstructed_history h";

  private static TestDatabase database;

  @BeforeAll
  static void startPostgres() throws Exception {
    database = new TestDatabase();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    database.close();
  }

  @BeforeEach
  void makeAShop() throws Exception {
    database.clear();
    database.execute(
        """
        insert into shop.users (user_id, created_at)
        select 'u' || n, timestamptz '2024-01-05 10:00:00Z' + n * interval '7 hours'
        from generate_series(1, %1$d) n;
        insert into shop.orders (order_id, user_id, placed_at, amount)
        select 'o' || n || '-' || k, 'u' || n,
               timestamptz '2024-01-05 12:00:00Z' + n * interval '7 hours' + k * interval '41 days',
               10 + (n * k) %% 70
        from generate_series(1, %1$d) n, generate_series(0, 5) k where (n + k) %% 3 > 0;
        """
            .formatted(CLIENTS));
  }

  private static void observe(String instant) throws SQLException {
    database.execute(
        """
        select engagement.ensure_score_history('%1$s', '%1$s');
        insert into engagement.score_history
          (user_id, as_of, revision, band, segment, at_risk, cause, policy_version)
        select user_id, '%1$s', 1, 'PROSPECT', 'PROSPECT', false, 'SNAPSHOT', 'cadence-v1'
        from shop.users;
        insert into engagement.pipeline_progress (subtask, parallelism, watermark)
        values (0, 1, '%1$s') on conflict do nothing;
        """
            .formatted(instant));
  }

  private static Connection asDashboard() throws SQLException {
    return DriverManager.getConnection(database.url(), "rekindle_api", "");
  }

  private static Result reconstruct() throws Exception {
    try (Connection connection = asDashboard()) {
      return new HistoryReconstruction(connection, Duration.ZERO).run();
    }
  }

  @Test
  void shouldWaitUntilEveryClientHasAScore() throws Exception {
    assertThat(reconstruct().outcome()).isEqualTo(Outcome.TOO_EARLY);
    observe("2026-02-01 00:00:00Z");
    assertThat(reconstruct().outcome()).isEqualTo(Outcome.FINISHED);
  }

  @Test
  void shouldStoreTheWholePastOfEachClientUntilTheFirstObservedRow() throws Exception {
    observe("2026-02-01 00:00:00Z");
    Result result = reconstruct();
    assertThat(result.users()).isEqualTo(CLIENTS);
    assertThat(database.value("select count(*) from engagement.reconstructed_history"))
        .isEqualTo(String.valueOf(result.rows()));
    assertThat(
            database.value(
                "select string_agg(concat_ws(' ', as_of at time zone 'UTC', score, band,"
                    + " previous_score, cause, cause_id), E'\\n' order by as_of)"
                    + " from (select * from engagement.reconstructed_history"
                    + " where user_id = 'u2' order by as_of limit 3) as first"))
        .isEqualTo(
            """
            2024-02-01 00:00:00 62 COOLING SNAPSHOT
            2024-02-05 02:00:00 58 COOLING 62 TIME
            2024-02-20 02:00:00 54 COOLING 58 TIME\
            """);
    assertThat(
            database.value(
                "select count(*) from engagement.reconstructed_history"
                    + " where as_of < '2024-02-01Z' or as_of >= '2026-02-01Z'"))
        .isEqualTo("0");
    assertThat(
            database.value(
                "select count(distinct user_id) from engagement.reconstructed_history"
                    + " where policy_version = 'cadence-v1'"))
        .isEqualTo(String.valueOf(CLIENTS));
  }

  @Test
  void shouldGoOnAfterAnInterruptionAndChangeNothingAfterTheEnd() throws Exception {
    observe("2026-02-01 00:00:00Z");
    reconstruct();
    String expected = database.value(DIGEST);
    database.execute("truncate engagement.reconstructed_history, engagement.reconstruction");

    Thread interrupted = Thread.currentThread();
    try (Connection connection = asDashboard()) {
      interrupted.interrupt();
      new HistoryReconstruction(connection, Duration.ofMillis(1)).run();
    } catch (InterruptedException e) {
      // The first pause ends the run.
    }
    assertThat(database.value("select users from engagement.reconstruction"))
        .isEqualTo(String.valueOf(HistoryReconstruction.BATCH_USERS));

    assertThat(reconstruct().users()).isEqualTo(CLIENTS);
    assertThat(database.value(DIGEST)).isEqualTo(expected);
    reconstruct();
    assertThat(database.value(DIGEST)).isEqualTo(expected);
  }

  @Test
  void shouldRunOnceAtATime() throws Exception {
    observe("2026-02-01 00:00:00Z");
    try (Connection other = asDashboard()) {
      other
          .createStatement()
          .execute("select pg_advisory_lock(hashtext('engagement.reconstruction'))");
      assertThat(reconstruct().outcome()).isEqualTo(Outcome.BUSY);
    }
    while (reconstruct().outcome() == Outcome.BUSY) {
      Thread.onSpinWait();
    }
    assertThat(reconstruct().users()).isEqualTo(CLIENTS);
  }

  @Test
  void shouldUseTheInstantsOfCancellationsAndRefunds() throws Exception {
    database.execute(
        """
        delete from shop.orders;
        insert into shop.orders (order_id, user_id, placed_at, amount, status, cancelled_at) values
          ('known', 'u1', '2025-01-01Z', 50, 'CANCELLED', '2025-01-03Z'),
          ('unknown', 'u2', '2025-01-01Z', 50, 'CANCELLED', null);
        """);
    observe("2026-02-01 00:00:00Z");
    reconstruct();
    String rows =
        "select string_agg(concat_ws(' ', (as_of at time zone 'UTC')::date, band, cause), ', '"
            + " order by as_of) from engagement.reconstructed_history where user_id = ";
    assertThat(database.value(rows + "'u1'"))
        .isEqualTo(
            "2024-02-01 PROSPECT SNAPSHOT, 2025-01-01 COOLING ORDER_PLACED,"
                + " 2025-01-03 PROSPECT ORDER_CANCELLED");
    assertThat(database.value(rows + "'u2'")).isEqualTo("2024-02-01 PROSPECT SNAPSHOT");
  }

  @Test
  void shouldForgetAPersonWhoIsErasedOrRemoved() throws Exception {
    observe("2026-02-01 00:00:00Z");
    reconstruct();
    database.executeAsApi("select engagement.erase_user('u1')");
    // As the job stores that a user is gone.
    database.execute(
        "insert into engagement.removed_scores (user_id, as_of, revision) values ('u2', now(), 1)");
    assertThat(
            database.value(
                "select count(*) from engagement.reconstructed_history"
                    + " where user_id in ('u1', 'u2')"))
        .isEqualTo("0");
  }

  @Test
  void shouldRunInTheBackgroundOfTheDashboardUnlessItIsSwitchedOff() throws Exception {
    observe("2026-02-01 00:00:00Z");
    try (TestDashboard dashboard = TestDashboard.start(database)) {
      assertThat(dashboard.port()).isPositive();
      while (database.value("select finished_at from engagement.reconstruction") == null) {
        Thread.onSpinWait();
      }
    }
    assertThat(database.value("select users from engagement.reconstruction"))
        .isEqualTo(String.valueOf(CLIENTS));
  }

  @Test
  void shouldShowItsProgressAndWhyItFails() throws Exception {
    try (TestDashboard dashboard = TestDashboard.start(database)) {
      TestClient admin = dashboard.admin(database);
      assertThat(status(admin).get("state").textValue()).isEqualTo("WAITING");

      database.execute("revoke insert on engagement.reconstructed_history from rekindle_api");
      try {
        observe("2026-02-01 00:00:00Z");
        JsonNode failing = awaitState(admin, "FAILING");
        assertThat(failing.get("trouble").textValue()).contains("reconstructed_history");
        assertThat(admin.get("/metrics").body())
            .contains("rekindle_dashboard_reconstruction_failing 1.0");
        assertThat(admin.get("/pipeline").body())
            .contains("The past before the first start", "permission denied");
      } finally {
        database.execute("grant insert on engagement.reconstructed_history to rekindle_api");
      }

      JsonNode complete = awaitState(admin, "COMPLETE");
      assertThat(complete.get("trouble").isNull()).isTrue();
      assertThat(complete.get("clients").asInt()).isEqualTo(CLIENTS);
      assertThat(complete.get("clientsTotal").asInt()).isEqualTo(CLIENTS);
      assertThat(complete.get("policyVersion").textValue()).isEqualTo("cadence-v1");
      while (!admin
          .get("/metrics")
          .body()
          .contains("rekindle_dashboard_reconstruction_share 1.0")) {
        Thread.onSpinWait();
      }
      assertThat(admin.get("/pipeline").body()).contains("1,100 of 1,100");
    }
  }

  @Test
  void shouldShowWhatAnotherProcessDoes() throws Exception {
    try (TestDashboard dashboard =
        TestDashboard.start(database, Map.of("REKINDLE_DASHBOARD_RECONSTRUCTION", "false"))) {
      TestClient admin = dashboard.admin(database);
      assertThat(status(admin).get("state").textValue()).isEqualTo("OFF");

      observe("2026-02-01 00:00:00Z");
      reconstruct();
      database.execute("update engagement.reconstruction set finished_at = null, users = 500");
      assertThat(status(admin).get("state").textValue()).isEqualTo("INTERRUPTED");
      try (Connection other = asDashboard()) {
        other
            .createStatement()
            .execute("select pg_advisory_lock(hashtext('engagement.reconstruction'))");
        assertThat(status(admin).get("state").textValue()).isEqualTo("RUNNING");
        assertThat(admin.get("/pipeline").body()).contains("500 of 1,100");
      }
    }
  }

  private static JsonNode status(TestClient admin) throws Exception {
    return Json.MAPPER.readTree(admin.get("/api/pipeline").body()).get("reconstruction");
  }

  private static JsonNode awaitState(TestClient admin, String state) throws Exception {
    JsonNode status;
    do {
      status = status(admin);
    } while (!status.get("state").textValue().equals(state));
    return status;
  }

  @Test
  void shouldDateACancellationAndARefundOfAnOrder() throws Exception {
    database.execute("update shop.orders set status = 'CANCELLED' where order_id = 'o1-0'");
    database.execute("update shop.orders set refunded_amount = 5 where order_id = 'o1-1'");
    assertThat(dates("o1-0")).isEqualTo("t f");
    assertThat(dates("o1-1")).isEqualTo("f t");
    database.execute("update shop.orders set status = 'PLACED' where order_id = 'o1-0'");
    assertThat(dates("o1-0")).isEqualTo("f f");
    database.execute(
        "update shop.orders set status = 'CANCELLED', cancelled_at = '2025-05-05Z'"
            + " where order_id = 'o1-0'");
    assertThat(
            database.value(
                "select (cancelled_at at time zone 'UTC')::date from shop.orders"
                    + " where order_id = 'o1-0'"))
        .isEqualTo("2025-05-05");
  }

  private static String dates(String orderId) throws SQLException {
    return database.value(
        "select case when cancelled_at > now() - interval '1 hour' then 't' else 'f' end || ' ' ||"
            + " case when refunded_at > now() - interval '1 hour' then 't' else 'f' end"
            + " from shop.orders where order_id = '"
            + orderId
            + "'");
  }
}
