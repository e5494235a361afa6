package io.rekindle.platform.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlinkReaderTest {

  private static final String JOB = "0123456789abcdef0123456789abcdef";

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private HttpServer flink;
  private FlinkReader reader;

  @BeforeEach
  void start() throws IOException {
    flink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    flink.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          byte[] body = "{\"flink\":1}".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    flink.start();
    reader =
        new FlinkReader(
            "127.0.0.1", 0, URI.create("http://127.0.0.1:" + flink.getAddress().getPort()), null);
  }

  @AfterEach
  void stop() {
    reader.close();
    flink.stop(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/main.3f.js",
        "/assets/images/logo.svg",
        "/config",
        "/overview",
        "/taskmanagers",
        "/taskmanagers/127.0.0.1:4711-0a1b2c/metrics?get=x",
        "/jobs/overview",
        "/jobs/" + JOB,
        "/jobs/" + JOB + "/exceptions?maxExceptions=1",
        "/jobs/" + JOB + "/metrics?get=numRestarts",
        "/jobs/" + JOB + "/checkpoints",
        "/jobs/" + JOB + "/vertices/" + JOB + "/metrics?get=0.a.b,1.a.b"
      })
  void shouldShowWhatThePageAndTheDashboardRead(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"flink\":1}");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(asked).containsExactly("GET " + path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/jars",
        "/jars/a.jar/plan",
        "/jobs/" + JOB + "/yarn-cancel",
        "/jobs/" + JOB + "/yarn-stop",
        "/jobs/" + JOB + "/savepoints/" + JOB,
        "/jobmanager/config",
        "/jobmanager/environment",
        "/jobmanager/logs/jobmanager.log",
        "/jobmanager/thread-dump",
        "/taskmanagers/1/logs",
        "/taskmanagers/1/thread-dump",
        "/assets/../jars",
        "/assets/%2e%2e/jars/a.js",
        "//elsewhere.example/overview",
        "/overview/../jars"
      })
  void shouldNotShowTheRest(String path) throws Exception {
    assertThat(send("GET", path).statusCode()).isEqualTo(403);
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
  void shouldTakeNothingButGet(String method) throws Exception {
    for (String path : List.of("/jobs", "/jars/upload", "/jobs/" + JOB, "/overview")) {
      assertThat(send(method, path).statusCode()).isEqualTo(405);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldSayThatFlinkDoesNotAnswer() throws Exception {
    flink.stop(0);
    HttpResponse<String> answer = send("GET", "/overview");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("Flink does not answer");
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + reader.port() + path))
            .method(method, BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
