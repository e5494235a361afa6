package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.job.ShopScenario.Phase;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.sink.DatabaseSink;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole graph on a cluster, from a scenario to a real Postgres. */
class EngagementGraphITCase {

  private static final Duration SKEW = Duration.ofMillis(100);

  @Test
  void shouldStoreAScenarioInTheDatabase(@TempDir Path directory) throws Exception {
    CollectingSink<ScoreUpdate> changes = new CollectingSink<>();
    try (JobDatabase database = new JobDatabase();
        LocalCluster cluster = new LocalCluster()) {
      // A job that starts from nothing removes the scores of users whom the shop does not have.
      database.execute(
          "insert into shop.users (user_id)"
              + " select 'user' || number from generate_series(0, 29) number where number <> 5");
      JobID job = cluster.submit(job(database, changes, directory));
      String complete =
          "select scored_until >= to_timestamp("
              + ShopScenario.FIRST_PHASE_END / 1_000
              + ")"
              + " from engagement.scored_until";
      cluster.await(job, () -> database.rows(complete).contains("t"));
      cluster.await(
          job,
          () ->
              database
                  .rows("select policy_version from engagement.policy_in_force")
                  .contains("document-v1"));
      // Cut off in the middle, it goes on with another connection and without a restart.
      database.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where usename = 'rekindle_pipeline'");
      cluster.cancel(job);

      assertThat(
              database.rows(
                  "select count(*), count(*) filter (where policy_version = 'document-v1'),"
                      + " bool_or(user_id = 'user5') from engagement.user_scores"))
          .as("all users but the one who is gone, by the policy in force")
          .containsExactly("29|29|f");
      assertThat(
              database.rows(
                  "select score, overridden from engagement.user_scores where user_id = 'user7'"))
          .containsExactly("12|t");
      assertThat(
              database.rows(
                  "select order_count from engagement.user_scores"
                      + " where user_id in ('user1', 'user2', 'user3', 'user4') order by user_id"))
          .as("cancelled, deleted, moved out, moved in")
          .containsExactly("3", "3", "3", "5");
      assertThat(database.rows("select parallelism, subtask from engagement.pipeline_progress"))
          .containsExactlyInAnyOrder("2|0", "2|1");
      assertThat(
              database.rows(
                  "select user_id, score, as_of >= (select max(as_of) from engagement.score_history"
                      + " h where h.user_id = s.user_id) from engagement.user_scores s"
                      + " where score is distinct from (select score from engagement.score_history"
                      + " h where h.user_id = s.user_id order by as_of desc, revision desc limit"
                      + " 1)"))
          .as("scores that are not the last of their history")
          .isEmpty();

      assertThat(
              database.rows(
                  "select policy_version, built_in, hash, document ->> 'version',"
                      + " in_force_since = changed_at"
                      + " from engagement.policy_in_force"))
          .containsExactly(
              "document-v1|f|" + ScoringPolicy.builtIn("document-v1").hash() + "|document-v1|t");

      Map<String, ScoreUpdate> lastPublished = new TreeMap<>();
      changes.elements().forEach(change -> lastPublished.put(change.userId(), change));
      assertThat(lastPublished.remove("user5").removed()).isTrue();
      assertThat(lastPublished).hasSize(29);
      for (ScoreUpdate published : lastPublished.values()) {
        assertThat(
                database.rows(
                    "select trim_scale(score), band from engagement.user_scores where user_id = '"
                        + published.userId()
                        + "'"))
            .containsExactly(
                published.score().scoreDecimal().stripTrailingZeros().toPlainString()
                    + "|"
                    + published.score().band());
      }
    }
  }

  private static StreamExecutionEnvironment job(
      JobDatabase database, CollectingSink<ScoreUpdate> changes, Path directory) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            ProductionJob.configuration(
                JobSettings.read(
                    new String[] {
                      "--kafka.bootstrap-servers", "none",
                      "--database.url", database.url(),
                      "--checkpoint.directory", directory.toUri().toString(),
                      "--checkpoint.interval", "300 ms",
                      "--parallelism", "2"
                    },
                    Map.of())));
    DatabaseSettings settings =
        new DatabaseSettings(
            database.url(),
            "rekindle_pipeline",
            null,
            Duration.ofMillis(50),
            500,
            Duration.ofMinutes(1));
    CollectingSink<DeadLetter> refused = new CollectingSink<>();
    EngagementGraph.define(
        env,
        ShopScenario.sources(Phase.FIRST),
        new EngagementGraph.Sinks(
            DatabaseSink.ofScoreUpdates(settings, Duration.ofMinutes(1), refused),
            changes,
            DatabaseSink.ofPolicyInForce(settings, refused),
            DatabaseSink.ofDecisions(settings, refused),
            new CollectingSink<Decision>(),
            new CollectingSink<DeadLetter>()),
        SKEW,
        Duration.ofDays(1),
        Duration.ofMinutes(1));
    return env;
  }
}
