package io.rekindle.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rekindle.platform.settings.ProgramSettings.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramSettingsTest {

  private static final String[] NO_ARGUMENTS = {};

  private final Mill environmentOnly = new Mill(Sources.ENVIRONMENT);
  private final Mill anySource = new Mill(Sources.ARGUMENTS_ENVIRONMENT_FILE);

  /** A program with one setting of each kind. */
  private static final class Mill {

    private final ProgramSettings settings;
    private final Setting<Duration> lease;
    private final Setting<Optional<String>> user;
    private final Setting<Optional<String>> password;
    private final Setting<String> url;

    Mill(Sources sources) {
      settings =
          new ProgramSettings("java -jar mill.jar", "The mill grinds.", sources, this::check);
      lease =
          settings
              .declare(
                  "mill.lease", SettingType.duration(Duration.ofSeconds(1), Duration.ofHours(1)))
              .renamedFrom("mill.lease-seconds", "s")
              .withDefault("60 s", "Time of a lease.");
      user = settings.declare("mill.user", SettingType.text()).optional("Needed by a password.");
      password =
          settings.declare("mill.password", SettingType.text()).secret().optional("Opens it.");
      url =
          settings
              .declare("mill.url", SettingType.jdbcUrl(text -> text.startsWith("jdbc:")))
              .required("Where the mill is.");
    }

    private void check(SettingValues values) {
      if (values.isGiven(password)) {
        values.requireGiven(user);
      }
    }
  }

  private static List<String> problems(Mill mill, Map<String, String> environment) {
    return catchThrowableOfType(
            InvalidSettingsException.class, () -> mill.settings.read(environment))
        .problems();
  }

  @Test
  void shouldTakeAnEmptyVariableForAbsent() {
    SettingValues values =
        anySource.settings.read(
            Map.of("REKINDLE_MILL_URL", " jdbc:x ", "REKINDLE_MILL_LEASE", " "));

    assertThat(values.get(anySource.url)).isEqualTo("jdbc:x");
    assertThat(values.get(anySource.lease)).isEqualTo(Duration.ofMinutes(1));
    assertThat(values.get(anySource.password)).isEmpty();
  }

  @Test
  void shouldPreferArgumentsToEnvironmentToFileToDefault(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("mill"), "mill.url=jdbc:f\nmill.lease=3 s");
    Map<String, String> environment =
        Map.of("REKINDLE_CONFIG", file.toString(), "REKINDLE_MILL_LEASE", "2 s");

    SettingValues values = anySource.settings.read(NO_ARGUMENTS, environment);
    assertThat(values.get(anySource.url)).isEqualTo("jdbc:f");
    assertThat(values.get(anySource.lease)).isEqualTo(Duration.ofSeconds(2));
    values = anySource.settings.read(new String[] {"--mill.lease", "1 s"}, environment);
    assertThat(values.get(anySource.lease)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void shouldTakeNoArgumentIfAProgramHasNone() {
    InvalidSettingsException refused =
        catchThrowableOfType(
            InvalidSettingsException.class,
            () ->
                environmentOnly.settings.read(
                    new String[] {"--mill.lease=1 s"}, Map.of("REKINDLE_MILL_URL", "jdbc:x")));

    assertThat(refused.problems())
        .containsExactly("--mill.lease=1 s: this program takes no argument but --help");
  }

  @Test
  void shouldTakeAnOldNameWithItsUnitAndReportIt() {
    SettingValues values =
        anySource.settings.read(
            Map.of("REKINDLE_MILL_URL", "jdbc:x", "REKINDLE_MILL_LEASE_SECONDS", "5"));

    assertThat(values.get(anySource.lease)).isEqualTo(Duration.ofSeconds(5));
    assertThat(values.renamed())
        .containsExactly(
            "REKINDLE_MILL_LEASE_SECONDS has been renamed: set REKINDLE_MILL_LEASE to \"5 s\".");
  }

  @Test
  void shouldRefuseTheOldNameBesideTheNewOne() {
    assertThat(
            problems(
                environmentOnly,
                Map.of(
                    "REKINDLE_MILL_URL", "jdbc:x",
                    "REKINDLE_MILL_LEASE", "5 s",
                    "REKINDLE_MILL_LEASE_SECONDS", "6")))
        .containsExactly(
            "REKINDLE_MILL_LEASE_SECONDS and REKINDLE_MILL_LEASE are both set: remove the first,"
                + " which has been renamed.");
  }

  @Test
  void shouldNameEveryProblemAtOnceTheChecksIncluded() {
    assertThat(
            problems(
                environmentOnly,
                Map.of("REKINDLE_MILL_LEASE", "PT1M", "REKINDLE_MILL_PASSWORD", "sesame")))
        .containsExactly(
            "REKINDLE_MILL_LEASE is \"PT1M\": give a duration from 1 s to 1 h, in ms, s, min, h or"
                + " d.",
            "REKINDLE_MILL_URL is not set: Where the mill is.",
            "REKINDLE_MILL_USER is not set: Needed by a password.");
  }

  @Test
  void shouldShowNeitherSecretsNorPasswordsInUrls() {
    assertThat(problems(anySource, Map.of("REKINDLE_MILL_URL", "mysql://u:sesame@h")))
        .containsExactly(
            "REKINDLE_MILL_URL is not valid: give a JDBC URL of Postgres, such as"
                + " jdbc:postgresql://127.0.0.1:5432/rekindle.");
    assertThat(
            anySource.settings.read(
                Map.of(
                    "REKINDLE_MILL_URL", "jdbc:x?password=sesame",
                    "REKINDLE_MILL_USER", "miller",
                    "REKINDLE_MILL_PASSWORD", "sesame")))
        .hasToString(
            "mill.lease = 1 min\nmill.user = miller\nmill.password = (redacted)\nmill.url = jdbc:x\n");
  }

  @Test
  void shouldExplainEverySettingInHelpAndReference() {
    assertThat(anySource.settings.help())
        .startsWith("Usage: java -jar mill.jar [--config FILE] [--SETTING VALUE]... [--help]\n")
        .contains("--mill.lease  (default 60 s)", "Environment: REKINDLE_MILL_LEASE.")
        .contains("  mill.password\n", "--mill.url  (required)");
    assertThat(environmentOnly.settings.help()).contains("  REKINDLE_MILL_URL  (required)\n");
    assertThat(environmentOnly.settings.markdown())
        .contains(
            """
            | `REKINDLE_MILL_LEASE` | a duration from 1 s to 1 h, in ms, s, min, h or d | `60 s` | \
            Time of a lease. Renamed from REKINDLE_MILL_LEASE_SECONDS, which still works. |
            """,
            "| `REKINDLE_MILL_URL` | a JDBC URL of Postgres");
  }
}
