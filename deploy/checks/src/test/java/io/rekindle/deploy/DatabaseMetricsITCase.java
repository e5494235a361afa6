package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The queries of the exporter, asked by the role that it signs in as, and those of the runbook. */
class DatabaseMetricsITCase {

  private static final Pattern SQL_BLOCK = Pattern.compile("(?s)```sql\\n(.*?)```");

  @Test
  void shouldAskOnlyWhatItsRoleMaySeeAndAnswerTheRunbook() throws Exception {
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      Migrations.apply(postgres.getPostgresDatabase());
      String role =
          Repository.text(Repository.OBSERVABILITY.resolve("postgres/monitoring-role.sql"));
      statement.execute(role);
      statement.execute(role); // It may be run again.
      statement.execute(
          "insert into engagement.pipeline_progress values (0, 1, now() - interval '1 minute')");
      statement.execute(
          "insert into engagement.emails (user_id, generated_by, cost_usd) values ('u', 'LLM', 0.5)");
      statement.execute("select pg_create_logical_replication_slot('rekindle', 'pgoutput')");
      statement.execute("set role rekindle_monitor");

      for (Map.Entry<String, JsonNode> query : queries()) {
        List<String> required = new ArrayList<>();
        query
            .getValue()
            .get("metrics")
            .forEach(metric -> metric.fieldNames().forEachRemaining(required::add));
        try (ResultSet rows = statement.executeQuery(query.getValue().get("query").asText())) {
          assertThat(columns(rows))
              .as(query.getKey())
              .containsExactlyInAnyOrderElementsOf(required);
        }
      }
      assertThat(number(statement, "rekindle_time", "scored_until_age_seconds"))
          .isBetween(60.0, 120.0);
      assertThat(number(statement, "rekindle_llm", "cost_today_usd")).isEqualTo(0.5);
      assertThat(number(statement, "rekindle_slot", "active")).isZero();
      assertThat(number(statement, "rekindle_slot", "lost")).isZero();

      for (String secret :
          List.of(
              "select email from shop.users",
              "select subject from engagement.emails",
              "select user_id from engagement.outreach_decisions",
              "select user_id from engagement.user_scores")) {
        assertThatThrownBy(() -> statement.executeQuery(secret))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("permission denied");
      }

      statement.execute("reset role");
      Matcher block = SQL_BLOCK.matcher(Repository.text(Repository.RUNBOOK));
      int blocks = 0;
      for (; block.find(); blocks++) {
        statement.execute(block.group(1));
      }
      assertThat(blocks).as("blocks of SQL in the runbook").isPositive();
    }
  }

  private static Iterable<Map.Entry<String, JsonNode>> queries() {
    return Repository.yaml(Repository.OBSERVABILITY.resolve("postgres/queries.yml"), JsonNode.class)
        .properties();
  }

  private static double number(Statement statement, String query, String column)
      throws SQLException {
    for (Map.Entry<String, JsonNode> each : queries()) {
      if (each.getKey().equals(query)) {
        try (ResultSet rows = statement.executeQuery(each.getValue().get("query").asText())) {
          assertThat(rows.next()).isTrue();
          return rows.getDouble(column);
        }
      }
    }
    throw new IllegalArgumentException(query);
  }

  private static List<String> columns(ResultSet rows) throws SQLException {
    ResultSetMetaData meta = rows.getMetaData();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      columns.add(meta.getColumnLabel(i));
    }
    return columns;
  }
}
