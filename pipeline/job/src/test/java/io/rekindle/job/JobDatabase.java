package io.rekindle.job;

import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A real Postgres with our tables, reached by the job's own role. */
public final class JobDatabase implements AutoCloseable {

  private final EmbeddedPostgres postgres;

  public JobDatabase() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  public String url() {
    return postgres.getJdbcUrl("rekindle_pipeline", "postgres");
  }

  public void empty() throws SQLException {
    execute(
        "truncate engagement.user_scores, engagement.score_history, engagement.pipeline_progress,"
            + " engagement.risk_episodes, engagement.outreach_decisions,"
            + " engagement.policy_in_force, engagement.removed_scores,"
            + " engagement.unstored_history");
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows of a query, columns joined by a bar, null as nothing. */
  public List<String> rows(String query) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          String value = result.getString(i);
          row.append(i == 1 ? "" : "|").append(value == null ? "" : value);
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
