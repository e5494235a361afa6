package io.rekindle.platform.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of Flink's REST API that runs and watches a job. Every method throws {@link
 * RestClient.StatusException} if Flink refuses, and another IOException if Flink does not answer.
 * Thread-safe.
 */
public final class FlinkRest {

  /** The states of a job that has ended for good. */
  private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");

  private static final int NAMES_PER_REQUEST = 50;

  private static final Pattern PARTITION_WATERMARK =
      Pattern.compile(".*\\.rekindle\\.topic\\.(.+)\\.partition\\.(\\d+)\\.watermark");

  private final RestClient rest;

  /** Creates a client with the default time limits, for the URL of the JobManager. */
  public FlinkRest(String url) {
    this.rest = new RestClient(url);
  }

  /**
   * Creates a client for the URL of the JobManager.
   *
   * @param timeout the limit for connecting and for every answer
   */
  public FlinkRest(String url, Duration timeout) {
    this.rest = new RestClient(url, timeout);
  }

  /**
   * Creates a client of a JobManager that asks for a certificate.
   *
   * @param tls the directory of a {@link TlsIdentity}; null for none
   */
  public FlinkRest(String url, Path tls) {
    this.rest = new RestClient(url, tls);
  }

  /**
   * Creates a client of a JobManager that asks for a certificate.
   *
   * @param tls the directory of a {@link TlsIdentity}; null for none
   * @param timeout the limit for connecting and for every answer
   */
  public FlinkRest(String url, Path tls, Duration timeout) {
    this.rest = new RestClient(url, tls, timeout);
  }

  /**
   * A job on the cluster.
   *
   * @param id 32 hexadecimal digits
   * @param name the name that the job has given itself
   * @param state INITIALIZING, RUNNING, RESTARTING, FAILED, …
   * @param startTime epoch milliseconds
   * @param endTime epoch milliseconds; 0 or less while the job has not ended
   */
  public record Job(
      String id,
      String name,
      String state,
      int runningTasks,
      int totalTasks,
      long startTime,
      long endTime) {

    /** Whether the job has ended for good. */
    public boolean ended() {
      return ENDED.contains(state);
    }

    /** Whether all of its tasks run. */
    public boolean running() {
      return state.equals("RUNNING") && totalTasks > 0 && runningTasks == totalTasks;
    }
  }

  /**
   * A step of a job.
   *
   * @param writtenRecords the number of records that its tasks have passed on
   */
  public record Vertex(String id, String name, long writtenRecords) {

    /** Whether it reads a source. */
    public boolean isSource() {
      return name.startsWith("Source:");
    }
  }

  /**
   * A complete checkpoint.
   *
   * @param completedAt epoch milliseconds
   * @param durationMillis from its trigger to its completion
   */
  public record Checkpoint(long completedAt, long bytes, long durationMillis) {}

  /**
   * The state of a requested savepoint.
   *
   * @param location its place; null until it is complete
   * @param failure the cause of its failure; null without one
   */
  public record Savepoint(String location, String failure) {}

  /**
   * A failure of a job.
   *
   * @param cause the message of the innermost cause
   * @param at the time by the JobManager's clock
   */
  public record JobFailure(String cause, Instant at) {

    @Override
    public String toString() {
      return cause + " (at " + at.truncatedTo(ChronoUnit.SECONDS) + ")";
    }
  }

  /** The number of task slots that no job uses. */
  public int freeSlots() throws IOException {
    return rest.get("/overview").path("slots-available").asInt();
  }

  /** The number of registered TaskManagers. */
  public int taskManagers() throws IOException {
    return rest.get("/taskmanagers").path("taskmanagers").size();
  }

  /** The job with the id; empty if the cluster does not know it. */
  public Optional<Job> job(String id) throws IOException {
    return jobs().stream().filter(job -> job.id().equals(id)).findFirst();
  }

  /** The newest job of a name. A job that still runs comes before all others. */
  public Optional<Job> newestJob(String name) throws IOException {
    return jobs().stream()
        .filter(job -> job.name().equals(name))
        .max(Comparator.comparing((Job job) -> job.endTime() <= 0).thenComparing(Job::startTime));
  }

  private List<Job> jobs() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
      JsonNode tasks = job.path("tasks");
      jobs.add(
          new Job(
              job.path("jid").asText(),
              job.path("name").asText(),
              job.path("state").asText(),
              tasks.path("running").asInt(),
              tasks.path("total").asInt(),
              job.path("start-time").asLong(),
              job.path("end-time").asLong(-1)));
    }
    return jobs;
  }

  /** The steps of a job. */
  public List<Vertex> vertices(String jobId) throws IOException {
    List<Vertex> vertices = new ArrayList<>();
    for (JsonNode vertex : rest.get("/jobs/" + jobId).path("vertices")) {
      vertices.add(
          new Vertex(
              vertex.path("id").asText(),
              vertex.path("name").asText(),
              vertex.path("metrics").path("write-records").asLong()));
    }
    return vertices;
  }

  /** The newest complete checkpoint; empty before the first. */
  public Optional<Checkpoint> lastCheckpoint(String jobId) throws IOException {
    JsonNode last = rest.get("/jobs/" + jobId + "/checkpoints").path("latest").path("completed");
    return last.has("latest_ack_timestamp")
        ? Optional.of(
            new Checkpoint(
                last.path("latest_ack_timestamp").asLong(),
                last.path("state_size").asLong(),
                last.path("end_to_end_duration").asLong()))
        : Optional.empty();
  }

  /**
   * The complete checkpoints of a job.
   *
   * @param longestMillis the longest time from a trigger to a completion; 0 without a checkpoint
   */
  public record CheckpointCount(long complete, long longestMillis) {}

  /** The number of complete checkpoints, restarts included. */
  public CheckpointCount checkpoints(String jobId) throws IOException {
    JsonNode answer = rest.get("/jobs/" + jobId + "/checkpoints");
    return new CheckpointCount(
        answer.path("counts").path("completed").asLong(),
        answer.path("summary").path("end_to_end_duration").path("max").asLong());
  }

  /**
   * The sum of a metric over the running tasks of a step; empty if Flink does not know it yet.
   *
   * @param metric a name such as {@code OPERATOR.rekindle.users}
   */
  public OptionalLong sum(String jobId, String vertexId, String metric) throws IOException {
    JsonNode sum =
        rest.get(
                "/jobs/%s/vertices/%s/subtasks/metrics?agg=sum&get=%s"
                    .formatted(jobId, vertexId, URLEncoder.encode(metric, StandardCharsets.UTF_8)))
            .path(0)
            .path("sum");
    return sum.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(sum.asLong());
  }

  /** The number of the job's own restarts; empty if Flink does not know it yet. */
  public OptionalLong restarts(String jobId) throws IOException {
    JsonNode value = rest.get("/jobs/" + jobId + "/metrics?get=numRestarts").path(0).path("value");
    return value.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(value.asLong());
  }

  /**
   * The newest failure of a job; empty if Flink knows none. A job that runs, or that was cancelled,
   * may have failed long before.
   */
  public Optional<JobFailure> lastFailure(String jobId) throws IOException {
    JsonNode newest =
        rest.get("/jobs/" + jobId + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries")
            .path(0);
    String cause = RootCause.in(newest.path("stacktrace").asText(""));
    return cause.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new JobFailure(cause, Instant.ofEpochMilli(newest.path("timestamp").asLong())));
  }

  /** Uploads a jar, which replaces earlier ones of its name. Returns the cluster's name for it. */
  public String replaceJar(Path jar) throws IOException {
    for (JsonNode file : rest.get("/jars").path("files")) {
      if (file.path("name").asText().equals(jar.getFileName().toString())) {
        rest.delete("/jars/" + file.path("id").asText());
      }
    }
    String file = rest.upload("/jars/upload", "jarfile", jar).path("filename").asText();
    return file.substring(file.lastIndexOf('/') + 1);
  }

  /**
   * Runs the job of a jar.
   *
   * @param restoreFrom the savepoint or checkpoint to restore; null for an empty state
   * @param claim whether the job owns the restored one, and deletes it when it has a newer one
   */
  public void run(
      String jarId, String jobId, List<String> arguments, Path restoreFrom, boolean claim)
      throws IOException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("jobId", jobId);
    arguments.forEach(body.putArray("programArgsList")::add);
    if (restoreFrom != null) {
      body.put("savepointPath", restoreFrom.toUri().toString());
      body.put("claimMode", claim ? "CLAIM" : "NO_CLAIM");
    }
    rest.post("/jars/" + jarId + "/run", body);
  }

  /** Asks a job to take a savepoint and then end; returns the number of the request. */
  public String stopWithSavepoint(String jobId) throws IOException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    // Draining would fire all timers.
    body.put("drain", false);
    return rest.post("/jobs/" + jobId + "/stop", body).path("request-id").asText();
  }

  /** The state of a savepoint that {@link #stopWithSavepoint} requested. */
  public Savepoint savepoint(String jobId, String requestId) throws IOException {
    JsonNode answer = rest.get("/jobs/" + jobId + "/savepoints/" + requestId);
    JsonNode operation = answer.path("operation");
    JsonNode failure = operation.path("failure-cause");
    return new Savepoint(
        operation.path("location").asText(null),
        failure.isMissingNode()
            ? null
            : RootCause.in(failure.path("stack-trace").asText("unknown")));
  }

  /** Ends a job without a savepoint. */
  public void cancel(String jobId) throws IOException {
    rest.patch("/jobs/" + jobId + "?mode=cancel");
  }

  /**
   * The watermarks of the Kafka partitions that the job reads, by {@link #partitionKey}. A
   * partition without a watermark is left out.
   *
   * @param vertices the steps of the job
   */
  public Map<String, Instant> partitionWatermarks(String jobId, List<Vertex> vertices)
      throws IOException {
    Map<String, Instant> watermarks = new HashMap<>();
    for (Vertex vertex : vertices) {
      String metrics = "/jobs/" + jobId + "/vertices/" + vertex.id() + "/metrics";
      List<String> names = new ArrayList<>();
      for (JsonNode metric : rest.get(metrics)) {
        String name = metric.path("id").asText();
        if (PARTITION_WATERMARK.matcher(name).matches()) {
          names.add(URLEncoder.encode(name, StandardCharsets.UTF_8));
        }
      }
      for (int from = 0; from < names.size(); from += NAMES_PER_REQUEST) {
        List<String> some = names.subList(from, Math.min(names.size(), from + NAMES_PER_REQUEST));
        for (JsonNode metric : rest.get(metrics + "?get=" + String.join(",", some))) {
          Matcher matcher = PARTITION_WATERMARK.matcher(metric.path("id").asText());
          long time = metric.path("value").asLong();
          if (matcher.matches() && time > 0) {
            watermarks.merge(
                partitionKey(matcher.group(1), Integer.parseInt(matcher.group(2))),
                Instant.ofEpochMilli(time),
                (one, other) -> one.isAfter(other) ? one : other);
          }
        }
      }
    }
    return watermarks;
  }

  /** A partition's name. Flink's REST API writes the dots of a topic as underscores. */
  public static String partitionKey(String topic, int partition) {
    return topic.replace('.', '_') + "/" + partition;
  }
}
