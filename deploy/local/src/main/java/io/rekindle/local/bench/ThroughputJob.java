package io.rekindle.local.bench;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.EngagementGraph;
import io.rekindle.job.ProductionJob;
import io.rekindle.job.Settings;
import io.rekindle.job.engagement.Judgement;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job's own graph, read from Kafka and configured as in production, with sinks that throw
 * everything away; in a JVM of its own that has Flink's class path. Prints a {@link Measurement}.
 */
final class ThroughputJob {

  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(512);
  private static final long POLL_MS = 500;

  private ThroughputJob() {}

  /**
   * Runs the job to the end of its input.
   *
   * @param arguments number of changes, event time of the last one in epoch milliseconds, then the
   *     job's settings
   */
  public static void main(String[] arguments) throws Exception {
    long changes = Long.parseLong(arguments[0]);
    long end = Long.parseLong(arguments[1]);
    Settings settings = Settings.read(Arrays.copyOfRange(arguments, 2, arguments.length), Map.of());
    Configuration flink = ProductionJob.configuration(settings);
    int parallelism = settings.get(Settings.PARALLELISM).orElse(1);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
    Sink<DeadLetter> deadLetters = new DiscardingSink<>();
    EngagementGraph.define(
        env,
        ProductionJob.sources(settings, Topics.standard(), parallelism),
        new EngagementGraph.Sinks(
            new MeasuringSink<Judgement>(end), new DiscardingSink<>(), deadLetters),
        settings.get(Settings.TIME_COMMIT_SKEW),
        settings.get(Settings.STATE_TOMBSTONE_RETENTION));

    JobClient job = env.executeAsync("throughput");
    MeasuringSink.STARTED.await();
    Measurement.Start start = Measurement.start();
    while (!MeasuringSink.FINISHED.await(POLL_MS, TimeUnit.MILLISECONDS)) {
      if (job.getJobStatus().get().isGloballyTerminalState()) {
        // Throws what ended it.
        job.getJobExecutionResult().get();
        throw new IllegalStateException("The job ended by itself");
      }
    }
    System.out.println(start.stop(changes, MeasuringSink.RECORDS.sum()));
    // Ends the job with the JVM, which writes the profile first.
    System.exit(0);
  }
}
