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
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
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
   * Runs the job to the end of its input, several times.
   *
   * @param arguments number of changes, event time of the last one in epoch milliseconds, then the
   *     job's settings
   */
  public static void main(String[] arguments) throws Exception {
    long changes = Long.parseLong(arguments[0]);
    long end = Long.parseLong(arguments[1]);
    JobSettings settings =
        JobSettings.read(Arrays.copyOfRange(arguments, 2, arguments.length), Map.of());
    for (int run = 0; run < Measurement.RUNS; run++) {
      System.out.println(run(settings, changes, end));
    }
    // Threads of the last cluster may still run, and the exit writes the profile.
    System.exit(0);
  }

  private static Measurement run(JobSettings settings, long changes, long end) throws Exception {
    MeasuringSink.Run run = new MeasuringSink.Run(end);
    JobClient job = start(settings, new MeasuringSink<>(run));
    CompletableFuture<Throwable> ended = job.getJobExecutionResult().handle((result, e) -> e);
    run.awaitStart();
    Measurement.Start start = Measurement.start();
    while (!run.awaitEnd(POLL)) {
      if (ended.isDone()) {
        throw new IllegalStateException("The job ended by itself", ended.get());
      }
    }
    Measurement measurement = start.stop(changes, run.records());
    job.cancel().get();
    ended.get();
    return measurement;
  }

  private static JobClient start(JobSettings settings, Sink<ScoreUpdate> scores) throws Exception {
    Configuration flink = ProductionJob.configuration(settings);
    int parallelism = settings.get(JobSettings.PARALLELISM).orElse(1);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
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
        settings.get(JobSettings.STATE_TOMBSTONE_RETENTION));
    return env.executeAsync("throughput");
  }
}
