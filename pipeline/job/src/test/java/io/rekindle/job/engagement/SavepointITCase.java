package io.rekindle.job.engagement;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.job.CollectingSink;
import io.rekindle.job.EngagementGraph;
import io.rekindle.job.JobSettings;
import io.rekindle.job.LocalCluster;
import io.rekindle.job.ProductionJob;
import io.rekindle.job.ShopScenario;
import io.rekindle.job.ShopScenario.Phase;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.platform.text.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The savepoints of all released versions, taken after the first phase of {@link ShopScenario}:
 * today's job restores each of them and runs the second phase as if it had run the first.
 *
 * <p>A release adds its own: {@code mvn -pl pipeline/job -am verify -Dtest=none
 * -Dit.test=SavepointITCase#writeTheSavepointOfThisVersion -Drekindle.write-savepoint
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}. None is ever
 * changed.
 */
class SavepointITCase {

  private static final Path SAVEPOINTS = Path.of("src/test/resources/savepoints");

  static Stream<String> versionsAndBackends() throws Exception {
    try (Stream<Path> versions = Files.list(SAVEPOINTS)) {
      return versions
          .map(version -> version.getFileName().toString())
          .flatMap(version -> Stream.of(version + " hashmap", version + " rocksdb"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("versionsAndBackends")
  void shouldGoOnFromASavepointOf(String versionAndBackend, @TempDir Path directory)
      throws Exception {
    String[] parts = versionAndBackend.split(" ", -1);
    CollectingSink<ScoreUpdate> updates = new CollectingSink<>();
    try (LocalCluster cluster = new LocalCluster()) {
      JobID job =
          cluster.submit(
              job(parts[1], Phase.SECOND, updates, directory),
              SAVEPOINTS.resolve(parts[0]).toAbsolutePath());
      cluster.await(job, () -> updates.watermark() >= ShopScenario.SECOND_PHASE_END);
      cluster.cancel(job);
    }
    assertThat(inOrder(updates.elements())).isEqualTo(inOrder(expectedInSecondPhase()));
  }

  /** What the operator emits in the second phase after the first, without any restore. */
  private static List<ScoreUpdate> expectedInSecondPhase() throws Exception {
    try (EngagementHarness operator = EngagementHarness.fresh()) {
      replay(operator, Phase.FIRST);
      operator.updates();
      replay(operator, Phase.SECOND);
      return operator.updates();
    }
  }

  private static void replay(EngagementHarness operator, Phase phase) throws Exception {
    operator.process(ShopScenario.ruleChanges(phase).toArray(RuleChange[]::new));
    for (Change change : ShopScenario.changes(phase)) {
      operator.process(change);
    }
    operator.tick(ShopScenario.end(phase) + 1_000 - SKEW.toMillis() - 1);
  }

  private static List<ScoreUpdate> inOrder(List<ScoreUpdate> updates) {
    return updates.stream()
        .sorted(Comparator.comparing(ScoreUpdate::userId).thenComparingLong(ScoreUpdate::revision))
        .toList();
  }

  @Test
  @EnabledIfSystemProperty(named = "rekindle.write-savepoint", matches = ".*")
  void writeTheSavepointOfThisVersion(@TempDir Path directory) throws Exception {
    Path target = SAVEPOINTS.resolve(Version.CURRENT);
    assertThat(target).as("a savepoint is never changed").doesNotExist();
    CollectingSink<ScoreUpdate> updates = new CollectingSink<>();
    try (LocalCluster cluster = new LocalCluster()) {
      JobID job = cluster.submit(job("hashmap", Phase.FIRST, updates, directory));
      cluster.await(job, () -> updates.watermark() >= ShopScenario.FIRST_PHASE_END);
      Path savepoint = cluster.stopWithSavepoint(job, directory);
      Files.createDirectories(target);
      try (Stream<Path> files = Files.list(savepoint)) {
        for (Path file : files.toList()) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
    }
  }

  private static final Duration SKEW = Duration.ofMillis(100);

  private static StreamExecutionEnvironment job(
      String backend, Phase phase, CollectingSink<ScoreUpdate> updates, Path directory) {
    Configuration configuration =
        ProductionJob.configuration(
            JobSettings.read(
                new String[] {
                  "--kafka.bootstrap-servers", "none",
                  "--database.url", "jdbc:postgresql:none",
                  "--checkpoint.directory", directory.toUri().toString(),
                  "--state.backend", backend,
                  "--parallelism", "2"
                },
                Map.of()));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    EngagementGraph.define(
        env,
        ShopScenario.sources(phase),
        new EngagementGraph.Sinks(
            updates,
            new CollectingSink<ScoreUpdate>(),
            new CollectingSink<PolicyInForce>(),
            new CollectingSink<Decision>(),
            new CollectingSink<Decision>(),
            new CollectingSink<DeadLetter>()),
        SKEW,
        Duration.ofDays(1),
        EngagementHarness.QUIET_TIME);
    return env;
  }
}
