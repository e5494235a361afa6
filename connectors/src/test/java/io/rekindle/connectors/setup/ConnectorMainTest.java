package io.rekindle.connectors.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.platform.settings.InvalidSettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectorMainTest {

  private static final String RUNNING =
      "{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[{\"id\":0,\"state\":\"RUNNING\"}]}";
  private static final String FAILED =
      "{\"connector\":{\"state\":\"RUNNING\"},"
          + "\"tasks\":[{\"id\":0,\"state\":\"FAILED\",\"trace\":\"no database\"}]}";

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer worker;
  private volatile int settingsStatus = 201;
  private volatile int statusStatus = 200;
  private volatile String status = RUNNING;
  private long now;
  private ConnectorMain connectorMain;

  @BeforeEach
  void start() throws IOException {
    worker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    worker.createContext(
        "/",
        exchange -> {
          String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          exchange.getRequestBody().readAllBytes();
          requests.add(request);
          byte[] body = status.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              request.startsWith("PUT") ? settingsStatus : statusStatus, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    worker.start();
    connectorMain =
        new ConnectorMain(
            new ConnectApi("http://127.0.0.1:" + worker.getAddress().getPort()),
            Map.of("a", "b"),
            () -> now);
  }

  @AfterEach
  void stop() {
    worker.stop(0);
  }

  @Test
  void shouldRegisterTheConnectorOnceAndThenCheckIt() {
    connectorMain.checkOnce();
    connectorMain.checkOnce();

    assertThat(requests)
        .containsExactly(
            "PUT /connectors/rekindle/config",
            "GET /connectors/rekindle/status",
            "GET /connectors/rekindle/status");
  }

  @Test
  void shouldStartAgainWhatFailedAndWaitLongerEachTime() {
    status = FAILED;

    connectorMain.checkOnce();
    assertThat(restarts()).isEqualTo(1);
    long first = pause();
    long second = pause();

    assertThat(second).isGreaterThan(first);
    assertThat(requests)
        .contains("POST /connectors/rekindle/restart?includeTasks=true&onlyFailed=true");
  }

  /** Looks every second until the next start; how many seconds that took. */
  private long pause() {
    long before = restarts();
    long seconds = 0;
    while (restarts() == before) {
      now += Duration.ofSeconds(1).toNanos();
      seconds++;
      connectorMain.checkOnce();
    }
    return seconds;
  }

  private long restarts() {
    return requests.stream().filter(request -> request.startsWith("POST")).count();
  }

  @Test
  void shouldGiveTheConnectorAgainWhenItIsGone() {
    connectorMain.checkOnce();
    statusStatus = 404;
    connectorMain.checkOnce();
    statusStatus = 200;
    connectorMain.checkOnce();

    assertThat(requests).filteredOn(request -> request.startsWith("PUT")).hasSize(2);
  }

  @Test
  void shouldTryAgainWhenTheWorkerIsNotReady() {
    settingsStatus = 409;
    connectorMain.checkOnce();
    settingsStatus = 200;
    connectorMain.checkOnce();

    assertThat(requests)
        .containsExactly(
            "PUT /connectors/rekindle/config",
            "PUT /connectors/rekindle/config",
            "GET /connectors/rekindle/status");
  }

  @Test
  void shouldGiveUpWhenTheWorkerRefusesTheSettings() {
    settingsStatus = 400;

    assertThatThrownBy(() -> connectorMain.checkOnce())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refuses the connector");
  }

  @Test
  void shouldPassTheReasonOfARefusalOn() {
    settingsStatus = 400;
    status =
        """
        {"error_code": 400, "message": "Configuration is invalid and contains 1 error(s):\\n\
        The hostname db could not be verified by hostnameverifier PgjdbcHostnameVerifier.\\n"}
        """;

    assertThatThrownBy(() -> connectorMain.checkOnce())
        .hasMessageContaining("contains 1 error(s): The hostname db could not be verified")
        .hasMessageContaining("sslmode=verify-full");
  }

  @Test
  void shouldNameEveryWrongSettingAtOnce() {
    Map<String, String> wrong =
        Map.of(
            "REKINDLE_CONNECT_URL", "connect:8083",
            "REKINDLE_DATABASE_PORT", "none",
            "REKINDLE_TOPIC_PARTITIONS", "0");
    assertThat(
            catchThrowableOfType(
                    InvalidSettingsException.class, () -> ConnectorMain.SETTINGS.read(wrong))
                .problems())
        .hasSize(4);
  }
}
