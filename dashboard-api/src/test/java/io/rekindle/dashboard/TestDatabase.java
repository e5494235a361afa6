package io.rekindle.dashboard;

import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.stream.Stream;

/** A Postgres of a test's own with all migrations, that can be stopped and started again. */
public final class TestDatabase implements AutoCloseable {

  private final Path data;
  private EmbeddedPostgres postgres;
  private int port;

  public TestDatabase() throws Exception {
    data = Files.createTempDirectory("rekindle-dashboard-test");
    postgres = launch(0);
    port = postgres.getPort();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  public void stop() throws IOException {
    postgres.close();
  }

  public void startAgain() throws IOException {
    postgres = launch(port);
  }

  /** As the owner of the database. */
  public Connection connect() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  /** As the owner of the database. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** As the role of the dashboard. */
  public void executeAsApi(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "rekindle_api", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row, as text. */
  public String value(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** Empties the tables that tests write to; to be called when no dashboard runs. */
  public void clear() throws SQLException {
    // Postgres may still be at work on a question of one that has just been closed.
    value(
        "select count(pg_terminate_backend(pid, 20000)) from pg_stat_activity"
            + " where usename = 'rekindle_api'");
    execute(
        """
        truncate shop.users, shop.orders, engagement.user_scores, engagement.score_history,
          engagement.reconstructed_history, engagement.reconstruction,
          engagement.score_overrides, engagement.suppressions, engagement.scoring_policies,
          engagement.risk_episodes, engagement.outreach_decisions, engagement.emails,
          engagement.deliveries, engagement.pipeline_progress, engagement.clock,
          dashboard.accounts, dashboard.identities, dashboard.sessions, dashboard.known_browsers, dashboard.api_keys, dashboard.audit_log,
          dashboard.idempotency_keys, dashboard.erasures
        """);
  }

  @Override
  public void close() throws IOException {
    postgres.close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private EmbeddedPostgres launch(int wanted) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("wal_level", "logical")
        .setPort(wanted)
        .start();
  }
}
