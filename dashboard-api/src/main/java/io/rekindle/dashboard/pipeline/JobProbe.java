package io.rekindle.dashboard.pipeline;

import io.rekindle.dashboard.pipeline.PipelineStatus.Checkpoint;
import io.rekindle.dashboard.pipeline.PipelineStatus.Job;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.FlinkRest.Vertex;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Asks Flink about the job. Used by one thread. */
final class JobProbe {

  /** As the job names itself. */
  private static final String JOB = "rekindle";

  /** Short: the pipeline page shows that Flink does not answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final int MAX_TROUBLE_LENGTH = 500;

  private final FlinkRest flink;

  /** The records that the sources had read at the last request, for the rate; -1 before it. */
  private long recordsBefore = -1;

  private long nanosBefore;

  /**
   * The job's state.
   *
   * @param readUntil watermarks by {@link FlinkRest#partitionKey}
   */
  record JobReport(Job job, Map<String, Instant> readUntil) {}

  JobProbe(URI url) {
    this.flink = new FlinkRest(url.toString().replaceAll("/+$", ""), TIMEOUT);
  }

  JobReport ask() {
    Instant now = Instant.now();
    try {
      // Others may share the cluster: a replay of the same topics, for one.
      Optional<FlinkRest.Job> job = flink.newestJob(JOB);
      return job.isPresent()
          ? report(job.get(), now)
          : new JobReport(Job.absent("ABSENT", "Flink runs no job.", now), Map.of());
    } catch (IOException e) {
      String trouble = "Flink does not answer: " + e.getMessage();
      return new JobReport(Job.absent("UNREACHABLE", trouble, now), Map.of());
    }
  }

  private JobReport report(FlinkRest.Job job, Instant now) throws IOException {
    List<Vertex> sources = flink.vertices(job.id()).stream().filter(Vertex::isSource).toList();
    OptionalLong restarts = flink.restarts(job.id());
    return new JobReport(
        new Job(
            job.id(),
            job.state(),
            job.runningTasks(),
            job.totalTasks(),
            Instant.ofEpochMilli(job.startTime()),
            restarts.isPresent() ? Long.valueOf(restarts.getAsLong()) : null,
            rate(sources),
            flink.lastCheckpoint(job.id()).map(JobProbe::checkpoint).orElse(null),
            job.state().equals("RUNNING") ? null : trouble(job.id()),
            now),
        flink.partitionWatermarks(job.id(), sources));
  }

  private static Checkpoint checkpoint(FlinkRest.Checkpoint last) {
    return new Checkpoint(
        Instant.ofEpochMilli(last.completedAt()), last.bytes(), last.durationMillis());
  }

  /** Null if its tasks have not failed, as while they start. */
  private String trouble(String jobId) throws IOException {
    String cause = flink.lastFailure(jobId).map(FlinkRest.JobFailure::toString).orElse(null);
    return cause != null && cause.length() > MAX_TROUBLE_LENGTH
        ? cause.substring(0, MAX_TROUBLE_LENGTH)
        : cause;
  }

  /** Records that the sources hand on in a second, which are those that they read. */
  private Double rate(List<Vertex> sources) {
    long records = sources.stream().mapToLong(Vertex::writtenRecords).sum();
    long nanos = System.nanoTime();
    Double rate =
        recordsBefore < 0 || records < recordsBefore
            ? null
            : Double.valueOf(
                Math.round((records - recordsBefore) * 1e10 / (nanos - nanosBefore)) / 10.0);
    recordsBefore = records;
    nanosBefore = nanos;
    return rate;
  }
}
