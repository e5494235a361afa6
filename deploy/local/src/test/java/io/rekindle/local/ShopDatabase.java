package io.rekindle.local;

import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real Postgres with both schemas for a test class; every test finds the tables empty. */
public final class ShopDatabase implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  private EmbeddedPostgres postgres;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  @Override
  public void beforeEach(ExtensionContext context) throws SQLException {
    execute(
        "truncate shop.users, shop.orders, engagement.emails, engagement.score_overrides,"
            + " engagement.deliveries, engagement.suppressions, engagement.scoring_policies, engagement.backtests,"
            + " engagement.user_scores, engagement.pipeline_progress, engagement.risk_episodes,"
            + " engagement.outreach_decisions, engagement.policy_in_force, engagement.models");
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    postgres.close();
  }

  public DataSource dataSource() {
    return postgres.getPostgresDatabase();
  }

  /** A URL with a user. */
  public String url() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  public Connection connect() throws SQLException {
    return dataSource().getConnection();
  }

  public void execute(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  public String value(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
