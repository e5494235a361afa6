package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSettingsTest {

  private static final String[] NO_ARGUMENTS = {};

  private static Map<String, String> required() {
    Map<String, String> environment = new HashMap<>();
    environment.put("REKINDLE_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092");
    environment.put("REKINDLE_DATABASE_URL", "jdbc:postgresql://db/rekindle");
    environment.put("REKINDLE_CHECKPOINT_DIRECTORY", "file:///checkpoints");
    return environment;
  }

  @Test
  void shouldHaveDefaultsForWhatIsNotRequired() {
    JobSettings settings = JobSettings.read(NO_ARGUMENTS, required());
    assertThat(settings.get(JobSettings.KAFKA_TOPIC_PREFIX)).isEqualTo("rekindle");
    assertThat(settings.get(JobSettings.STATE_BACKEND)).isEqualTo(JobSettings.StateBackend.HASHMAP);
    assertThat(settings.get(JobSettings.TIME_COMMIT_SKEW)).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.get(JobSettings.STATE_TOMBSTONE_RETENTION)).isEqualTo(Duration.ofDays(1));
    assertThat(settings.get(JobSettings.PARALLELISM)).isEmpty();
  }

  @Test
  void shouldPreferArgumentsToEnvironmentToFileToDefault(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("rekindle.properties");
    Files.writeString(
        file,
        "kafka.group-id = from-file\nsink.flush-rows = 7\nmax-parallelism = 64\n",
        StandardCharsets.UTF_8);
    Map<String, String> environment = required();
    environment.put("REKINDLE_KAFKA_GROUP_ID", "from-environment");
    environment.put("REKINDLE_SINK_FLUSH_ROWS", "8");

    JobSettings settings =
        JobSettings.read(
            new String[] {"--config", file.toString(), "--kafka.group-id=from-arguments"},
            environment);
    assertThat(settings.get(JobSettings.KAFKA_GROUP_ID)).isEqualTo("from-arguments");
    assertThat(settings.get(JobSettings.SINK_FLUSH_ROWS)).isEqualTo(8);
    assertThat(settings.get(JobSettings.MAX_PARALLELISM)).isEqualTo(64);
    assertThat(settings.get(JobSettings.DATABASE_USER)).isEqualTo("rekindle_pipeline");
  }

  @Test
  void shouldNameEverythingThatIsWrongAtOnce() {
    assertThatThrownBy(
            () ->
                JobSettings.read(
                    new String[] {
                      "--bootstrap-servers",
                      "x",
                      "--sink.flush-rows",
                      "many",
                      "--state.backend",
                      "disk",
                      "stray"
                    },
                    Map.of("REKINDLE_TIME_COMMIT_SKEW", "-1 s")))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            refused ->
                assertThat(refused.problems())
                    .containsExactly(
                        "--bootstrap-servers: no such setting (did you mean"
                            + " kafka.bootstrap-servers?)",
                        "stray: arguments are written --name value",
                        "Neither --kafka.bootstrap-servers nor REKINDLE_KAFKA_BOOTSTRAP_SERVERS is"
                            + " set: Kafka brokers, host:port, separated by commas.",
                        "Neither --database.url nor REKINDLE_DATABASE_URL is set: JDBC URL of the"
                            + " database with the schema engagement.",
                        "--state.backend is \"disk\": give hashmap or rocksdb.",
                        "Neither --checkpoint.directory nor REKINDLE_CHECKPOINT_DIRECTORY is set:"
                            + " URI of durable storage for checkpoints that JobManager and"
                            + " TaskManagers reach.",
                        "REKINDLE_TIME_COMMIT_SKEW is \"-1 s\": give a duration from 0 ms to 5 min,"
                            + " in ms, s, min, h or d.",
                        "--sink.flush-rows is \"many\": give a whole number from 1 to 100000."));
  }

  @Test
  void shouldRefuseAFileThatIsNotThereOrHasUnknownSettings(@TempDir Path directory)
      throws Exception {
    assertThatThrownBy(() -> JobSettings.read(new String[] {"--config", "nowhere"}, required()))
        .hasMessageContaining("there is no file nowhere");

    Path file = directory.resolve("rekindle.properties");
    Files.writeString(file, "kafka.groupid = x\n", StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> JobSettings.read(new String[] {"--config", file.toString()}, required()))
        .hasMessageContaining("kafka.groupid in " + file + ": no such setting");
  }

  @Test
  void shouldNeitherTakeASecretFromTheArgumentsNorShowIt() {
    Map<String, String> environment = required();
    environment.put("REKINDLE_DATABASE_PASSWORD", "open sesame");
    JobSettings settings = JobSettings.read(NO_ARGUMENTS, environment);
    assertThat(settings.get(JobSettings.DATABASE_PASSWORD)).contains("open sesame");
    assertThat(settings.toString())
        .contains("database.password = (redacted)")
        .doesNotContain("sesame");

    assertThatThrownBy(
            () -> JobSettings.read(new String[] {"--database.password", "open"}, required()))
        .hasMessageContaining("--database.password is a secret")
        .hasMessageNotContaining("open");
  }

  @Test
  void shouldShowEverySettingInHelp() {
    for (Setting<?> setting : JobSettings.SETTINGS.all()) {
      assertThat(JobSettings.SETTINGS.help())
          .contains(setting.key(), setting.variable(), setting.description());
    }
    assertThat(ProgramSettings.asksForHelp("--kafka.group-id", "x", "--help")).isTrue();
  }
}
