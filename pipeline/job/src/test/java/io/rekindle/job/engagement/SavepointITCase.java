package io.rekindle.job.engagement;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.text.Version;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.job.EngagementGraph;
import io.rekindle.job.Kept;
import io.rekindle.job.LocalCluster;
import io.rekindle.job.ProductionJob;
import io.rekindle.job.Settings;
import io.rekindle.job.Story;
import io.rekindle.job.Story.Chapter;
import io.rekindle.job.outreach.Decision;
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
 * The savepoints of all released versions, taken after the first chapter of {@link Story}: today's
 * job restores each of them and tells the second chapter as if it had told the first.
 *
 * <p>A release adds its own with {@code mvn -pl pipeline/job -am verify -Dit.test=SavepointITCase
 * -Drekindle.write-savepoint -Dsurefire.skip=true -Dfailsafe.failIfNoSpecifiedTests=false}. None is
 * ever changed.
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
    Kept<Judgement> judgements = new Kept<>();
    try (LocalCluster cluster = new LocalCluster()) {
      JobID job =
          cluster.submit(
              job(parts[1], Chapter.SECOND, judgements, directory),
              SAVEPOINTS.resolve(parts[0]).toAbsolutePath());
      cluster.await(job, () -> judgements.watermark() >= Story.SECOND_END);
      cluster.cancel(job);
    }
    assertThat(inOrder(judgements.elements())).isEqualTo(inOrder(expectedOfSecond()));
  }

  /** What the operator says of the second chapter after the first, without any restore. */
  private static List<Judgement> expectedOfSecond() throws Exception {
    try (EngagementHarness operator = EngagementHarness.fresh()) {
      tell(operator, Chapter.FIRST);
      operator.judgements();
      tell(operator, Chapter.SECOND);
      return operator.judgements();
    }
  }

  private static void tell(EngagementHarness operator, Chapter chapter) throws Exception {
    operator.process(Story.ruleChanges(chapter).toArray(RuleChange[]::new));
    for (Change change : Story.changes(chapter)) {
      operator.process(change);
    }
    operator.tick(Story.end(chapter) + 1_000 - SKEW.toMillis() - 1);
  }

  private static List<Judgement> inOrder(List<Judgement> judgements) {
    return judgements.stream()
        .sorted(Comparator.comparing(Judgement::userId).thenComparingLong(Judgement::revision))
        .toList();
  }

  @Test
  @EnabledIfSystemProperty(named = "rekindle.write-savepoint", matches = ".*")
  void writeTheSavepointOfThisVersion(@TempDir Path directory) throws Exception {
    Path target = SAVEPOINTS.resolve(Version.CURRENT);
    assertThat(target).as("a savepoint is never changed").doesNotExist();
    Kept<Judgement> judgements = new Kept<>();
    try (LocalCluster cluster = new LocalCluster()) {
      JobID job = cluster.submit(job("hashmap", Chapter.FIRST, judgements, directory));
      cluster.await(job, () -> judgements.watermark() >= Story.FIRST_END);
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
      String backend, Chapter chapter, Kept<Judgement> judgements, Path directory) {
    Configuration configuration =
        ProductionJob.configuration(
            Settings.read(
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
        Story.sources(chapter),
        new EngagementGraph.Sinks(
            judgements,
            new Kept<Judgement>(),
            new Kept<Decision>(),
            new Kept<Decision>(),
            new Kept<DeadLetter>()),
        SKEW,
        Duration.ofDays(1));
    return env;
  }
}
