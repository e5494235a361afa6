package io.rekindle.connectors.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.kafka.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gives a Kafka Connect worker the connector and keeps it going, as a program of its own: Connect
 * by itself never starts a task again that has failed, however passing the reason. It is for
 * containers; on Kubernetes Strimzi's operator does this.
 *
 * <p>Not thread-safe.
 */
public final class KeepConnector {

  private static final String HELP =
      """
      Usage: java -cp ... io.rekindle.connectors.connect.KeepConnector

      Gives Kafka Connect the connector, and starts it again when it fails. Settings come from the
      environment:

        REKINDLE_CONNECT_URL       REST API of the worker, as in http://127.0.0.1:8083. Required.
        REKINDLE_DATABASE_HOST     Where the worker reaches the database. Required.
        REKINDLE_DATABASE_PORT     Default: 5432
        REKINDLE_DATABASE_NAME     Default: rekindle
        REKINDLE_TOPIC_PARTITIONS  Partitions of the topics that are partitioned by user. Default: 4

      The password of rekindle_cdc is in the worker's environment, as REKINDLE_CDC_PASSWORD.
      """;

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int LONGEST_WAIT_SECONDS = 32;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();
  private final URI connector;
  private final Map<String, String> config;

  private boolean given;
  private int failures;
  private String said = "";

  /**
   * @param worker REST API of the worker
   */
  KeepConnector(URI worker, Map<String, String> config) {
    this.connector = worker.resolve("/connectors/" + ConnectorConfig.CONNECTOR_NAME + "/");
    this.config = config;
  }

  /** Ends by itself only with 2: wrong settings, or ones that the worker refuses. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length > 0) {
      System.err.print(HELP);
      System.exit(2);
    }
    List<String> problems = problems(System.getenv());
    if (!problems.isEmpty()) {
      System.err.println(String.join(System.lineSeparator(), problems));
      System.exit(2);
    }
    KeepConnector keeper = of(System.getenv());
    try {
      while (true) {
        Thread.sleep(keeper.look().toMillis());
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** What is wrong with the settings, a sentence each. */
  static List<String> problems(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    String url = environment.getOrDefault("REKINDLE_CONNECT_URL", "");
    if (!url.matches("https?://[^/]+/?")) {
      problems.add(
          "REKINDLE_CONNECT_URL is \"" + url + "\": give a URL, as in http://127.0.0.1:8083.");
    }
    if (environment.getOrDefault("REKINDLE_DATABASE_HOST", "").isBlank()) {
      problems.add("REKINDLE_DATABASE_HOST is not set: give the database's host.");
    }
    String port = environment.getOrDefault("REKINDLE_DATABASE_PORT", "5432");
    if (!port.matches("[1-9][0-9]{0,4}")) {
      problems.add("REKINDLE_DATABASE_PORT is \"" + port + "\": give a port number.");
    }
    try {
      Topics.from(environment);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  private static KeepConnector of(Map<String, String> environment) {
    return new KeepConnector(
        URI.create(environment.get("REKINDLE_CONNECT_URL")),
        ConnectorConfig.of(
            environment.get("REKINDLE_DATABASE_HOST"),
            Integer.parseInt(environment.getOrDefault("REKINDLE_DATABASE_PORT", "5432")),
            "rekindle_cdc",
            "${env:REKINDLE_CDC_PASSWORD}",
            environment.getOrDefault("REKINDLE_DATABASE_NAME", "rekindle"),
            Topics.from(environment).users().partitions()));
  }

  /**
   * Looks after the connector once: gives it to the worker if that was not done yet, else starts
   * again what failed.
   *
   * @return how long to wait before the next look
   * @throws IllegalArgumentException if the worker refuses the connector's settings
   */
  Duration look() throws InterruptedException {
    try {
      if (!given) {
        give();
      }
      return keep();
    } catch (IOException e) {
      say("Kafka Connect does not answer as it should: " + e.getMessage());
      return LOOK;
    }
  }

  private void give() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request("config")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(config))));
    if (answer.statusCode() == 400) {
      throw new IllegalArgumentException("Kafka Connect refuses the connector: " + answer.body());
    }
    accepted(answer);
    given = true;
    say("Kafka Connect has the connector.");
  }

  private Duration keep() throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request("status").GET());
    if (answer.statusCode() == 404) {
      // The worker answers before it has read its own configuration topic to the end.
      return LOOK;
    }
    JsonNode status = JSON.readTree(accepted(answer).body());
    JsonNode task = status.path("tasks").path(0);
    boolean failed =
        status.at("/connector/state").asText().equals("FAILED")
            || task.path("state").asText().equals("FAILED");
    if (!failed) {
      if (task.path("state").asText().equals("RUNNING")) {
        failures = 0;
        say("The connector runs.");
      }
      return LOOK;
    }
    String trace = task.path("trace").asText(status.at("/connector/trace").asText());
    say("The connector has failed and is started again: " + trace.lines().findFirst().orElse("?"));
    accepted(
        send(request("restart?includeTasks=true&onlyFailed=true").POST(BodyPublishers.noBody())));
    failures++;
    return Duration.ofSeconds(Math.min(LONGEST_WAIT_SECONDS, 1L << Math.min(failures, 5)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(connector.resolve(path)).timeout(ANSWER_LIMIT);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> accepted(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() >= 300) {
      throw new IOException("status " + answer.statusCode() + ", " + answer.body());
    }
    return answer;
  }

  /** The same thing again is no news. */
  private void say(String what) {
    if (!what.equals(said)) {
      System.out.println(what);
      said = what;
    }
  }
}
