package io.rekindle.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.platform.rest.RestClient;
import io.rekindle.platform.rest.RootCause;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The part of Flink's REST API that a data engineer uses to run a job. Thread-safe. */
public final class FlinkApi {

  /** A job in one of these does not run again. */
  private static final Set<String> ENDED = Set.of("FAILED", "CANCELED", "FINISHED", "SUSPENDED");

  private static final int NAMES_PER_REQUEST = 50;

  private final RestClient rest;

  public FlinkApi(String url) {
    this.rest = new RestClient(url);
  }

  /**
   * A job on the cluster.
   *
   * @param id 32 hexadecimal digits
   * @param state INITIALIZING, RUNNING, RESTARTING, FAILED, …
   * @param allTasksRun whether every task of it is running
   */
  public record Job(String id, String state, boolean allTasksRun) {

    public boolean ended() {
      return ENDED.contains(state);
    }

    public boolean running() {
      return state.equals("RUNNING") && allTasksRun;
    }
  }

  /**
   * How a savepoint stands that was asked for.
   *
   * @param location where it is; null until it is complete
   * @param failure why it could not be taken; null unless so
   */
  public record Savepoint(String location, String failure) {}

  public JsonNode overview() throws IOException {
    return rest.get("/overview");
  }

  public int taskManagers() throws IOException {
    return rest.get("/taskmanagers").path("taskmanagers").size();
  }

  public Optional<Job> job(String id) throws IOException {
    return jobs().stream().filter(job -> job.id().equals(id)).findFirst();
  }

  List<Job> jobs() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
      JsonNode tasks = job.path("tasks");
      int total = tasks.path("total").asInt();
      boolean all = total > 0 && tasks.path("running").asInt() == total;
      jobs.add(new Job(job.path("jid").asText(), job.path("state").asText(), all));
    }
    return jobs;
  }

  /** Why a job fails, in its innermost cause's words; empty if nothing is known. */
  public Optional<String> rootCause(String jobId) throws IOException {
    JsonNode entries =
        rest.get("/jobs/" + jobId + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries");
    String trace = entries.path(0).path("stacktrace").asText("");
    return Optional.of(RootCause.in(trace)).filter(cause -> !cause.isEmpty());
  }

  /**
   * Gives the cluster a jar in place of earlier ones of that name, and returns the name under which
   * it keeps it.
   */
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
   * Runs the jar's job.
   *
   * @param restoreFrom savepoint or checkpoint to begin with; null to begin with nothing
   * @param claim whether the job then owns it, and removes it when it has a newer one
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
    // Not drained: that would fire every timer, as if time had come to its end.
    body.put("drain", false);
    return rest.post("/jobs/" + jobId + "/stop", body).path("request-id").asText();
  }

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

  public void cancel(String jobId) throws IOException {
    rest.patch("/jobs/" + jobId + "?mode=cancel");
  }

  /** Values of a job's metrics whose full name ends in the given words, by full name. */
  public Map<String, String> metricsEndingIn(String jobId, String suffix) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (JsonNode vertex : rest.get("/jobs/" + jobId).path("vertices")) {
      String metrics = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/metrics";
      List<String> names = new ArrayList<>();
      for (JsonNode metric : rest.get(metrics)) {
        String name = metric.path("id").asText();
        if (name.endsWith(suffix)) {
          names.add(URLEncoder.encode(name, StandardCharsets.UTF_8));
        }
      }
      for (int from = 0; from < names.size(); from += NAMES_PER_REQUEST) {
        List<String> some = names.subList(from, Math.min(names.size(), from + NAMES_PER_REQUEST));
        for (JsonNode metric : rest.get(metrics + "?get=" + String.join(",", some))) {
          values.put(metric.path("id").asText(), metric.path("value").asText());
        }
      }
    }
    return values;
  }
}
