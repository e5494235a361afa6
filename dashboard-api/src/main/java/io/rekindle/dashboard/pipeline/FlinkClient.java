package io.rekindle.dashboard.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.pipeline.PipelineStatus.Checkpoint;
import io.rekindle.dashboard.pipeline.PipelineStatus.Job;
import io.rekindle.dashboard.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks Flink's REST API about the job. To be used by one thread. */
final class FlinkClient {

  /** As the job names itself. */
  private static final String JOB = "rekindle";

  /** Of two of that name the one that has not ended, else the later. */
  private static final Comparator<JsonNode> NEWEST_LAST =
      Comparator.<JsonNode, Boolean>comparing(job -> job.path("end-time").asLong(-1) <= 0)
          .thenComparing(job -> job.path("start-time").asLong());

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int NAMES_PER_REQUEST = 50;
  private static final Pattern PARTITION_WATERMARK =
      Pattern.compile(".*\\.partition\\.(.+)\\.(\\d+)\\.watermark");

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final String url;

  /** How many records the sources had read, to make a rate of. */
  private long recordsBefore = -1;

  private long nanosBefore;

  /**
   * What Flink says.
   *
   * @param readUntil by {@code topic/partition} as Flink's metrics name it, dots as underscores
   */
  record JobReport(Job job, Map<String, Instant> readUntil) {}

  FlinkClient(URI url) {
    this.url = url.toString().replaceAll("/+$", "");
  }

  JobReport ask() throws InterruptedException {
    Instant now = Instant.now();
    try {
      JsonNode newest = null;
      for (JsonNode job : get("/jobs/overview").path("jobs")) {
        // Others may share the cluster: a replay of the same topics, for one.
        if (job.path("name").asText().equals(JOB)
            && (newest == null || NEWEST_LAST.compare(job, newest) > 0)) {
          newest = job;
        }
      }
      if (newest == null) {
        return new JobReport(Job.absent("ABSENT", "Flink runs no job.", now), Map.of());
      }
      return answer(newest, now);
    } catch (IOException e) {
      String trouble = "Flink does not answer: " + e.getMessage();
      return new JobReport(Job.absent("UNREACHABLE", trouble, now), Map.of());
    }
  }

  private JobReport answer(JsonNode job, Instant now) throws IOException, InterruptedException {
    String id = job.path("jid").asText();
    String state = job.path("state").asText();
    JsonNode tasks = job.path("tasks");
    JsonNode vertices = get("/jobs/" + id).path("vertices");
    JsonNode checkpoints = get("/jobs/" + id + "/checkpoints");
    JsonNode last = checkpoints.path("latest").path("completed");
    String trouble = state.equals("RUNNING") ? null : rootCause(get("/jobs/" + id + "/exceptions"));
    return new JobReport(
        new Job(
            id,
            state,
            tasks.path("running").asInt(),
            tasks.path("total").asInt(),
            Instant.ofEpochMilli(job.path("start-time").asLong()),
            restarts(id),
            rate(vertices),
            last.has("latest_ack_timestamp")
                ? new Checkpoint(
                    Instant.ofEpochMilli(last.path("latest_ack_timestamp").asLong()),
                    last.path("state_size").asLong(),
                    last.path("end_to_end_duration").asLong())
                : null,
            trouble,
            now),
        readUntil(id, vertices));
  }

  private Long restarts(String id) throws IOException, InterruptedException {
    JsonNode value = get("/jobs/" + id + "/metrics?get=numRestarts").path(0).path("value");
    return value.isMissingNode() ? null : Long.valueOf(value.asLong());
  }

  /** Of what sources hand on, which is what they have read. */
  private Double rate(JsonNode vertices) {
    long records = 0;
    for (JsonNode vertex : vertices) {
      if (vertex.path("name").asText().startsWith("Source:")) {
        records += vertex.path("metrics").path("write-records").asLong();
      }
    }
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

  private Map<String, Instant> readUntil(String id, JsonNode vertices)
      throws IOException, InterruptedException {
    Map<String, Instant> readUntil = new HashMap<>();
    for (JsonNode vertex : vertices) {
      if (!vertex.path("name").asText().startsWith("Source:")) {
        continue;
      }
      String metrics = "/jobs/" + id + "/vertices/" + vertex.path("id").asText() + "/metrics";
      List<String> names = new ArrayList<>();
      for (JsonNode metric : get(metrics)) {
        if (PARTITION_WATERMARK.matcher(metric.path("id").asText()).matches()) {
          names.add(URLEncoder.encode(metric.path("id").asText(), StandardCharsets.UTF_8));
        }
      }
      for (int from = 0; from < names.size(); from += NAMES_PER_REQUEST) {
        List<String> some = names.subList(from, Math.min(names.size(), from + NAMES_PER_REQUEST));
        for (JsonNode metric : get(metrics + "?get=" + String.join(",", some))) {
          Matcher matcher = PARTITION_WATERMARK.matcher(metric.path("id").asText());
          long time = metric.path("value").asLong();
          if (matcher.matches() && time > 0) {
            readUntil.merge(
                key(matcher.group(1), Integer.parseInt(matcher.group(2))),
                Instant.ofEpochMilli(time),
                (one, other) -> one.isAfter(other) ? one : other);
          }
        }
      }
    }
    return readUntil;
  }

  /** A partition's name in {@link JobReport#readUntil}. */
  static String key(String topic, int partition) {
    return topic.replace('.', '_') + "/" + partition;
  }

  private static String rootCause(JsonNode exceptions) {
    String trace =
        exceptions.path("exceptionHistory").path("entries").path(0).path("stacktrace").asText("");
    String cause =
        trace
            .lines()
            .filter(line -> line.startsWith("Caused by: "))
            .reduce((first, last) -> last)
            .map(line -> line.substring("Caused by: ".length()))
            .orElseGet(() -> trace.lines().findFirst().orElse(""));
    if (cause.isEmpty()) {
      return "Its tasks are starting.";
    }
    return cause.length() > 500 ? cause.substring(0, 500) : cause;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode() + " for " + path);
    }
    return Json.MAPPER.readTree(response.body());
  }
}
