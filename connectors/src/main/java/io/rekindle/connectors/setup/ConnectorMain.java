package io.rekindle.connectors.setup;

import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.connectors.connect.ConnectApi.ConnectorStatus;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.connectors.connect.ConnectorWatchdog;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a Kafka Connect worker the connector and keeps it going, as a program of its own: Connect
 * by itself never starts a task again that has failed, however passing the reason. It is for
 * containers; on Kubernetes Strimzi's operator does this.
 *
 * <p>Not thread-safe.
 */
public final class ConnectorMain {

  private static final String HELP =
      """
      Usage: java -cp ... io.rekindle.connectors.setup.ConnectorMain

      Gives Kafka Connect the connector, and starts it again when it fails. Settings come from the
      environment:

        REKINDLE_CONNECT_URL       REST API of the worker, as in http://127.0.0.1:8083. Required.
        REKINDLE_DATABASE_HOST     Where the worker reaches the database. Required.
        REKINDLE_DATABASE_PORT     Default: 5432
        REKINDLE_DATABASE_NAME     Default: rekindle
        REKINDLE_TOPIC_PARTITIONS  Partitions of the topics that are partitioned by user. Default: 4

      The password of rekindle_cdc is in the worker's environment, as REKINDLE_CDC_PASSWORD.
      """;

  private static final Logger LOG = LoggerFactory.getLogger(ConnectorMain.class);

  private static final long CHECK_INTERVAL_MILLIS = 5_000;
  private static final int BAD_REQUEST = 400;

  private final ConnectApi connect;
  private final ConnectorWatchdog watchdog;
  private final Map<String, String> config;

  private boolean registered;
  private String lastLogged = "";

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  ConnectorMain(ConnectApi connect, Map<String, String> config, LongSupplier nanoTime) {
    this.connect = connect;
    this.watchdog = new ConnectorWatchdog(connect, this::logIfNew, nanoTime);
    this.config = config;
  }

  /** Ends by itself only with 2: wrong settings, or ones that the worker refuses. */
  public static void main(String[] args) throws InterruptedException {
    Programs.check(args, HELP, problems(System.getenv()));
    ConnectorMain connector = of(System.getenv());
    try {
      while (true) {
        connector.checkOnce();
        Thread.sleep(CHECK_INTERVAL_MILLIS);
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

  private static ConnectorMain of(Map<String, String> environment) {
    return new ConnectorMain(
        new ConnectApi(environment.get("REKINDLE_CONNECT_URL").replaceFirst("/$", "")),
        ConnectorConfig.of(
            environment.get("REKINDLE_DATABASE_HOST"),
            Integer.parseInt(environment.getOrDefault("REKINDLE_DATABASE_PORT", "5432")),
            "rekindle_cdc",
            "${env:REKINDLE_CDC_PASSWORD}",
            environment.getOrDefault("REKINDLE_DATABASE_NAME", "rekindle"),
            Topics.from(environment).users().partitions()),
        System::nanoTime);
  }

  /**
   * Checks the connector once: registers it with the worker if it is not registered yet or is gone,
   * and restarts what failed.
   *
   * @throws IllegalArgumentException if the worker refuses the connector's settings
   */
  void checkOnce() {
    try {
      if (!registered) {
        register();
      }
      registered = watchdog.keepAlive().map(this::logIfRunning).isPresent();
    } catch (IOException e) {
      logIfNew("Kafka Connect does not answer as it should: " + e.getMessage());
    }
  }

  private void register() throws IOException {
    try {
      connect.put(config);
    } catch (RestClient.StatusException e) {
      if (e.status() == BAD_REQUEST) {
        throw new IllegalArgumentException(
            "Kafka Connect refuses the connector: " + e.getMessage(), e);
      }
      throw e;
    }
    registered = true;
    logIfNew("Kafka Connect has the connector.");
  }

  private ConnectorStatus logIfRunning(ConnectorStatus status) {
    if (status.running()) {
      logIfNew("The connector runs.");
    }
    return status;
  }

  /** Logs a message unless it is the last one logged. */
  private void logIfNew(String what) {
    if (!what.equals(lastLogged)) {
      LOG.info(what);
      lastLogged = what;
    }
  }
}
