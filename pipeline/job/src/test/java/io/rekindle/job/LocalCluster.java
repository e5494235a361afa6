package io.rekindle.job;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster in this process, for one test. */
public final class LocalCluster implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final MiniCluster cluster;

  public LocalCluster() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.parse("16m"));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.parse("16m"));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.parse("64m"));
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build());
    cluster.start();
  }

  public JobID submit(StreamExecutionEnvironment env) throws Exception {
    return submit(env.getStreamGraph().getJobGraph());
  }

  /** Submits a job that goes on from a savepoint, all of whose state it has to take. */
  public JobID submit(StreamExecutionEnvironment env, Path savepoint) throws Exception {
    JobGraph graph = env.getStreamGraph().getJobGraph();
    graph.setSavepointRestoreSettings(
        SavepointRestoreSettings.forPath(savepoint.toUri().toString(), false));
    return submit(graph);
  }

  private JobID submit(JobGraph graph) throws Exception {
    return cluster.submitJob(graph).get().getJobID();
  }

  /** Takes a savepoint that any state backend can read, and stops the job. */
  public Path stopWithSavepoint(JobID job, Path directory) throws Exception {
    String savepoint =
        cluster
            .triggerSavepoint(
                job, directory.toUri().toString(), true, SavepointFormatType.CANONICAL)
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return Path.of(URI.create(savepoint));
  }

  public void cancel(JobID job) throws Exception {
    cluster.cancelJob(job).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits until a condition holds, and fails at once if the job fails. */
  public void await(JobID job, Callable<Boolean> condition) throws Exception {
    long giveUpAt = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.call()) {
      if (cluster.getJobStatus(job).get() == JobStatus.FAILED) {
        throw new IllegalStateException(
            "The job failed",
            cluster.requestJobResult(job).get().getSerializedThrowable().orElseThrow());
      }
      if (System.nanoTime() > giveUpAt) {
        throw new IllegalStateException("Still not so after " + TIMEOUT);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("The cluster did not stop", e);
    }
  }
}
