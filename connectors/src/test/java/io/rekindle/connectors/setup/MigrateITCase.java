package io.rekindle.connectors.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.SettingValues;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrateITCase {

  private static final String POLICIES =
      "../pipeline/scoring/src/main/resources/io/rekindle/scoring/policies/";

  @Test
  void shouldMakeAnEmptyDatabaseReadyAndChangeNothingAfterwards() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start()) {
      Map<String, String> environment =
          Map.of(
              "REKINDLE_DATABASE_URL", postgres.getJdbcUrl("postgres", "postgres"),
              "REKINDLE_DATABASE_USER", "postgres",
              "REKINDLE_TOPIC_PARTITIONS", "12",
              "REKINDLE_API_PASSWORD", "it's \\ secret",
              "REKINDLE_POLICY_FILES",
                  POLICIES + "cadence-v1.json," + POLICIES + "document-v1.json");

      SettingValues settings = Migrate.SETTINGS.read(environment);
      assertThat(Migrate.run(settings))
          .matches(
              "Applied [1-9][0-9]* migrations, changed 63 clock rows, inserted 2 policies, .*");
      assertThat(Migrate.run(settings))
          .isEqualTo(
              "Applied 0 migrations, changed 0 clock rows, inserted 0 policies, set 1 passwords.");
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
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          ResultSet active =
              statement.executeQuery(
                  "select policy_version from engagement.scoring_policies where active")) {
        active.next();
        assertThat(active.getString(1)).isEqualTo("cadence-v1");
      }
    }
  }

  @Test
  void shouldNameEveryWrongSettingAtOnce() {
    Map<String, String> wrong =
        Map.of(
            "REKINDLE_DATABASE_URL", "postgres://x",
            "REKINDLE_TOPIC_PARTITIONS", "0",
            "REKINDLE_POLICY_FILES", "nowhere.json");
    assertThat(
            catchThrowableOfType(InvalidSettingsException.class, () -> Migrate.SETTINGS.read(wrong))
                .problems())
        .hasSize(4)
        .anyMatch(problem -> problem.contains("there is no file nowhere.json"))
        .noneMatch(problem -> problem.contains("postgres://x"));
  }
}
