package io.rekindle.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrateITCase {

  @Test
  void shouldMakeAnEmptyDatabaseReadyAndChangeNothingAfterwards() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start()) {
      Map<String, String> environment =
          Map.of(
              "REKINDLE_DATABASE_URL", postgres.getJdbcUrl("postgres", "postgres"),
              "REKINDLE_DATABASE_USER", "postgres",
              "REKINDLE_TOPIC_PARTITIONS", "12",
              "REKINDLE_API_PASSWORD", "it's \\ secret");

      assertThat(Migrate.problems(environment)).isEmpty();
      assertThat(Migrate.run(environment)).matches("Applied [1-9][0-9]* migrations, changed 62 .*");
      assertThat(Migrate.run(environment))
          .isEqualTo("Applied 0 migrations, changed 0 clock rows, set 1 passwords.");
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          ResultSet role =
              statement.executeQuery(
                  "select rolpassword from pg_authid where rolname in"
                      + " ('rekindle_api', 'rekindle_sender') order by rolpassword nulls last")) {
        role.next();
        assertThat(role.getString(1)).startsWith("SCRAM-SHA-256$");
        role.next();
        assertThat(role.getString(1)).as("a role whose password was not given").isNull();
      }
    }
  }

  @Test
  void shouldNameEveryWrongSettingAtOnce() {
    assertThat(
            Migrate.problems(
                Map.of("REKINDLE_DATABASE_URL", "postgres://x", "REKINDLE_TOPIC_PARTITIONS", "0")))
        .hasSize(3)
        .noneMatch(problem -> problem.contains("postgres://x"));
  }
}
