package io.rekindle.local.stack;

import io.rekindle.local.server.StackInfo;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks Flink about the job of a stack. */
final class FlinkProbe {

  /** Flink answers with what it has and asks its tasks after that, so the second answer counts. */
  private static final Duration METRICS_PAUSE = Duration.ofMillis(400);

  private final Path data;
  private final FlinkRest flink;

  /**
   * @param data the stack's data directory, which has the id of the present job
   */
  FlinkProbe(Path data, FlinkRest flink) {
    this.data = data;
    this.flink = flink;
  }

  /** Returns the state of the job. A job that the cluster does not know has none. */
  Job job() throws IOException {
    String id = jobId();
    Optional<FlinkRest.Job> found = find(id);
    if (found.isEmpty()) {
      return new Job(id, null, false, "not on the cluster");
    }
    FlinkRest.Job job = found.get();
    String trouble =
        job.running()
            ? null
            : flink
                .lastFailure(job.id())
                .map(failure -> "last failure: " + failure)
                .orElse("its tasks are starting");
    return new Job(job.id(), job.state(), job.running(), trouble);
  }

  /**
   * Returns how far the job has read the captured topics.
   *
   * @throws IOException if no job runs
   */
  PartitionWatermarks watermarks() throws IOException, InterruptedException {
    String id = jobId();
    Optional<FlinkRest.Job> job = find(id);
    if (job.isEmpty() || job.get().ended()) {
      throw new IOException("no job runs");
    }
    List<FlinkRest.Vertex> vertices = flink.vertices(id);
    flink.partitionWatermarks(id, vertices);
    TimeUnit.MILLISECONDS.sleep(METRICS_PAUSE.toMillis());
    return PartitionWatermarks.of(flink.partitionWatermarks(id, vertices));
  }

  private Optional<FlinkRest.Job> find(String id) throws IOException {
    return id == null ? Optional.empty() : flink.job(id);
  }

  private String jobId() {
    return StackInfo.read(data).jobId();
  }
}
