package io.rekindle.bench;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.EngagementGraph;
import io.rekindle.job.JobSettings;
import io.rekindle.job.ProductionJob;
import io.rekindle.job.engagement.ScoreUpdate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Runs the job's graph over Kafka with the production configuration, in a JVM with Flink's class
 * path. The sinks discard all results.
 *
 * <p>It reads the input several times and prints a {@link Measurement} of each run. The code is not
 * compiled in the first run and compiled in the last.
 */
final class ThroughputJob {

  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(512);
  private static final Duration POLL = Duration.ofMillis(500);

  private ThroughputJob() {}

  /**
   * Runs the job to the end of its input, several times, and takes a checkpoint at the end of the
   * last run.
   *
   * @param arguments number of changes, event time of the last one in epoch milliseconds, the place
   *     of RocksDB's timers, then the job's settings
   */
  public static void main(String[] arguments) throws Exception {
    long changes = Long.parseLong(arguments[0]);
    long end = Long.parseLong(arguments[1]);
    String timers = arguments[2];
    JobSettings settings =
        JobSettings.read(Arrays.copyOfRange(arguments, 3, arguments.length), Map.of());
    for (int run = 1; run <= Measurement.RUNS; run++) {
      run(settings, timers, changes, end, run == Measurement.RUNS);
    }
    // Threads of the last cluster may still run, and the exit writes the profile.
    System.exit(0);
  }

  @SuppressWarnings("try") // Flink's cluster lets close be interrupted.
  private static void run(
      JobSettings settings, String timers, long changes, long end, boolean withCheckpoint)
      throws Exception {
    Configuration flink = configuration(settings, timers);
    MeasuringSink.Run run = new MeasuringSink.Run(end);
    JobGraph graph = graph(settings, flink, new MeasuringSink<>(run));
    try (MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(parallelism(settings))
                .build())) {
      cluster.start();
      JobID job = cluster.submitJob(graph).get().getJobID();
      run.awaitStart();
      Measurement.Start start = Measurement.start();
      while (!run.awaitEnd(POLL)) {
        if (cluster.getJobStatus(job).get().isTerminalState()) {
          throw new IllegalStateException(
              "The job ended by itself",
              cluster.requestJobResult(job).get().getSerializedThrowable().orElse(null));
        }
      }
      System.out.println(start.stop(changes, run.records()));
      if (withCheckpoint) {
        System.out.println(checkpoint(cluster, job));
      }
      cluster.cancelJob(job).get();
    }
  }

  private static CheckpointCost checkpoint(MiniCluster cluster, JobID job) throws Exception {
    long id = cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED).get();
    CompletedCheckpointStats newest = null;
    while (newest == null || newest.getCheckpointId() < id) {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
      newest =
          cluster
              .getExecutionGraph(job)
              .get()
              .getCheckpointStatsSnapshot()
              .getHistory()
              .getLatestCompletedCheckpoint();
    }
    long sync = 0;
    long async = 0;
    for (TaskStateStats task : newest.getAllTaskStateStats()) {
      sync = Math.max(sync, task.getSummaryStats().getSyncCheckpointDurationStats().getMaximum());
      async =
          Math.max(async, task.getSummaryStats().getAsyncCheckpointDurationStats().getMaximum());
    }
    return new CheckpointCost(sync, async, newest.getStateSize());
  }

  private static int parallelism(JobSettings settings) {
    return settings.get(JobSettings.PARALLELISM).orElse(1);
  }

  private static Configuration configuration(JobSettings settings, String timers) {
    Configuration flink = ProductionJob.configuration(settings);
    flink.setString("state.backend.rocksdb.timer-service.factory", timers);
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, "0");
    return flink;
  }

  private static JobGraph graph(
      JobSettings settings, Configuration flink, Sink<ScoreUpdate> scores) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    int parallelism = parallelism(settings);
    env.setParallelism(parallelism);
    Sink<DeadLetter> deadLetters = new DiscardingSink<>();
    EngagementGraph.define(
        env,
        ProductionJob.sources(settings, Topics.standard(), parallelism),
        new EngagementGraph.Sinks(
            scores,
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            deadLetters),
        settings.get(JobSettings.TIME_COMMIT_SKEW),
        settings.get(JobSettings.STATE_TOMBSTONE_RETENTION),
        settings.get(JobSettings.BACKFILL_QUIET_TIME));
    return env.getStreamGraph().getJobGraph();
  }
}
