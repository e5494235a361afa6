package io.rekindle.dashboard;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database of a test's own with all migrations, in the Postgres that all tests share. */
public final class TestDatabase implements AutoCloseable {

  private final String name;
  private final HikariDataSource owner;

  public TestDatabase() throws SQLException {
    name = TestPostgres.SHARED.createDatabase();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername("postgres");
    config.setMinimumIdle(0);
    owner = new HikariDataSource(config);
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + TestPostgres.SHARED.port() + "/" + name;
  }

  /** Stops Postgres, for all databases. */
  public void stop() throws IOException {
    TestPostgres.SHARED.stop();
  }

  public void startAgain() throws IOException {
    TestPostgres.SHARED.startAgain();
  }

  /** As the owner of the database. */
  public Connection connect() throws SQLException {
    return owner.getConnection();
  }

  /** As the owner of the database. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Adds a shop of 240 clients with scores, decisions and emails. */
  public void fillWithClients() throws SQLException, IOException {
    try (InputStream shop = TestDatabase.class.getResourceAsStream("/shop-with-clients.sql")) {
      execute(new String(shop.readAllBytes(), StandardCharsets.UTF_8));
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
            + " where usename = 'rekindle_api' and datname = current_database()");
    // Of a few rows, this takes a tenth of the time that truncate takes for new files.
    execute(
        """
        begin;
        set local session_replication_role = replica;
        delete from shop.users; delete from shop.orders;
        delete from engagement.user_scores; delete from engagement.score_history;
        delete from engagement.reconstructed_history; delete from engagement.reconstruction;
        delete from engagement.reconstructed_days; delete from engagement.observed_days;
        delete from engagement.score_overrides; delete from engagement.suppressions;
        delete from engagement.scoring_policies; delete from engagement.backtests;
        delete from engagement.calibrations; delete from engagement.calibration_samples;
        delete from engagement.policy_in_force; delete from engagement.risk_episodes;
        delete from engagement.outreach_decisions; delete from engagement.emails;
        delete from engagement.test_emails; delete from engagement.content_versions;
        delete from engagement.brands where version > 1; delete from dashboard.email_previews;
        update engagement.review_settings
          set review_first = 0, four_eyes_above = null, seed_addresses = '{}';
        delete from engagement.deliveries; delete from engagement.pipeline_progress;
        delete from engagement.clock; delete from dashboard.accounts;
        delete from dashboard.identities; delete from dashboard.sessions;
        delete from dashboard.known_browsers; delete from dashboard.api_keys;
        delete from dashboard.audit_log; delete from dashboard.idempotency_keys;
        delete from dashboard.erasures; delete from dashboard.shop_currency;
        delete from engagement.audiences; delete from engagement.audience_members;
        delete from engagement.audience_changes; delete from engagement.audience_days;
        commit
        """);
  }

  @Override
  public void close() throws SQLException {
    owner.close();
    TestPostgres.SHARED.dropDatabase(name);
  }
}
