package io.rekindle.local.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.local.Await;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the watchdog asks of a JobManager whose answers are late, lost or refusals. Such moments
 * cannot be called for at a real one.
 */
class JobSubmissionTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String RUNNING = "RUNNING";

  @TempDir private Path directory;

  /** The ids of all submissions. */
  private final List<String> submitted = Collections.synchronizedList(new ArrayList<>());

  private HttpServer jobManager;

  /** The state of the job that was submitted last; null while the JobManager does not know it. */
  private volatile String state;

  private volatile int status = 200;
  private JobWatchdog watchdog;

  @BeforeEach
  void start() throws IOException {
    jobManager = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    jobManager.createContext("/jars", exchange -> answer(exchange, 200, "{\"files\": []}"));
    jobManager.createContext(
        "/jars/upload", exchange -> answer(exchange, 200, "{\"filename\": \"/x/job.jar\"}"));
    jobManager.createContext("/jars/job.jar/run", this::run);
    jobManager.createContext("/jobs/overview", exchange -> answer(exchange, 200, overview()));
    jobManager.createContext("/jobs", exchange -> answer(exchange, 200, "{}"));
    jobManager.start();
    Path jar = Files.createFile(directory.resolve("job.jar"));
    watchdog =
        new JobWatchdog(
            new FlinkRest("http://127.0.0.1:" + jobManager.getAddress().getPort()),
            jar,
            List.of(),
            new Checkpoints(
                Files.createDirectory(directory.resolve("checkpoints")),
                Files.createDirectory(directory.resolve("savepoints")),
                null),
            new EventLog(directory.resolve("log"), Progress.onStandardErrorIfSlow()),
            id -> {});
  }

  @AfterEach
  void stop() {
    jobManager.stop(0);
  }

  @Test
  void shouldSubmitAJobThatTheJobManagerDoesNotKnowByTheSameId() throws Exception {
    watchdog.keepAlive();

    awaitSubmissions(2);

    assertThat(submitted.get(1)).isEqualTo(submitted.get(0));
  }

  @Test
  void shouldTakeTheRefusalOfARepeatForTheJobThatArrivedBefore() throws Exception {
    watchdog.keepAlive();
    status = 409;
    awaitSubmissions(2);

    assertThat(watchdog.failures()).isZero();
    watchdog.keepAlive();
    assertThat(submitted).hasSize(2);
  }

  @Test
  void shouldWaitForASubmissionWithoutAnAnswer() throws Exception {
    status = 0;
    assertThatThrownBy(() -> watchdog.keepAlive()).isInstanceOf(IOException.class);
    status = 200;

    watchdog.keepAlive();
    watchdog.keepAlive();

    assertThat(submitted).hasSize(1);
    assertThat(watchdog.trouble()).isNull();
  }

  @Test
  void shouldGiveAJobThatHasEndedAnotherId() throws Exception {
    watchdog.keepAlive();
    state = "FAILED";

    awaitSubmissions(2);

    assertThat(submitted.get(1)).isNotEqualTo(submitted.get(0));
  }

  private void awaitSubmissions(int number) throws InterruptedException {
    Await.until(
        number + " submissions",
        LONG,
        () -> {
          watchdog.keepAlive();
          return submitted.size() == number;
        });
  }

  /** Takes a submission: 409 refuses it for the job of the first one, 0 gives no answer. */
  private void run(HttpExchange exchange) throws IOException {
    JsonNode body = new JsonMapper().readTree(exchange.getRequestBody().readAllBytes());
    submitted.add(body.path("jobId").asText());
    if (status == 0) {
      exchange.close();
      return;
    }
    if (status == 409) {
      state = RUNNING;
    }
    answer(exchange, status, "{}");
  }

  private String overview() {
    return state == null
        ? "{\"jobs\": []}"
        : """
        {"jobs": [{"jid": "%s", "name": "rekindle", "state": "%s", "start-time": 1, "end-time": -1,
          "tasks": {"running": 1, "total": 1}}]}
        """
            .formatted(submitted.get(0), state);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
