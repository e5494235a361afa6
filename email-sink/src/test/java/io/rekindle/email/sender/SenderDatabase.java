package io.rekindle.email.sender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Postgres with both schemas, one for all classes of a JVM; every test finds them empty, and
 * no hours quiet.
 */
public final class SenderDatabase
    implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  /** Stops with the JVM. */
  private static final EmbeddedPostgres POSTGRES = started();

  private HikariDataSource owner;
  private HikariDataSource sender;

  @Override
  public void beforeAll(ExtensionContext context) {
    owner = pool("postgres");
    sender = pool("rekindle_sender");
  }

  @Override
  public void beforeEach(ExtensionContext context) throws SQLException {
    // Of a few rows, this takes a tenth of the time that truncate takes for new files.
    execute(
        """
        begin;
        set local session_replication_role = replica;
        delete from shop.users; delete from shop.orders; delete from engagement.emails;
        delete from engagement.risk_episodes;
        delete from engagement.deliveries; delete from engagement.suppressions;
        delete from engagement.test_emails; delete from engagement.content_versions;
        delete from engagement.brands where version > 1;
        update engagement.review_settings set review_first = 0, four_eyes_above = null;
        delete from engagement.outreach_decisions; delete from engagement.outreach_settings;
        insert into engagement.outreach_settings (id, quiet_from, quiet_until)
          values (1, '00:00', '00:00');
        commit
        """);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    sender.close();
    owner.close();
  }

  private static EmbeddedPostgres started() {
    try {
      EmbeddedPostgres started =
          EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
      Migrations.apply(started.getPostgresDatabase());
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HikariDataSource pool(String user) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername(user);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + POSTGRES.getPort() + "/postgres";
  }

  /** As the role of the sender, with its rights only. */
  public DataSource sender() {
    return sender;
  }

  public void user(String userId) throws SQLException {
    execute(
        "insert into shop.users (user_id, email, name, marketing_consent) values (?, ?, ?, true)",
        userId,
        userId + "@example.com",
        userId);
  }

  public void decision(String decisionId, String userId, String decision) throws SQLException {
    execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, policy_version, inputs)"
            + " values (?, ?, ?, ?, 'AT_RISK', now(), 'p', '{}')",
        decisionId,
        decisionId,
        userId,
        decision);
  }

  public void ready(String emailId, String userId) throws SQLException {
    execute(
        "insert into engagement.emails (email_id, user_id, subject, text, html)"
            + " values (?, ?, 'Hello', 'Hello there', '<p>Hello there</p>')",
        emailId,
        userId);
  }

  /** As time does to the leases of a sender that was killed. */
  public void endLeases() throws SQLException {
    execute("update engagement.deliveries set leased_until = now() where leased_until is not null");
  }

  void endWaiting() throws SQLException {
    execute("update engagement.deliveries set next_attempt_at = now()");
  }

  public String status(String emailId) throws SQLException {
    return value(
        "select status || coalesce(' ' || status_reason, '') from engagement.emails"
            + " where email_id = ?",
        emailId);
  }

  public void execute(String sql, Object... values) throws SQLException {
    try (Connection connection = owner.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      statement.execute();
    }
  }

  /** The first column of the first row as text; null if there is none. */
  public String value(String sql, Object... values) throws SQLException {
    try (Connection connection = owner.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** Ends every connection that the sender's role has. */
  void disconnectSenders() throws SQLException {
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rekindle_sender'");
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
