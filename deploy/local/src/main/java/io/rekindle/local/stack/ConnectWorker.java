package io.rekindle.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kafka Connect with Debezium: the capture of the database's changes. */
final class ConnectWorker implements Server {

  static final String NAME = "connect";

  private static final String PASSWORD_VARIABLE = "REKINDLE_CDC_PASSWORD";
  private static final String CONNECTOR = "/connectors/" + ConnectorConfig.CONNECTOR_NAME;
  private static final JsonMapper JSON = new JsonMapper();

  private final DataDirectory data;
  private final PostgresServer postgres;
  private final String kafkaBootstrap;
  private final int port;
  private final String classPath;
  private final Rest rest;

  ConnectWorker(
      DataDirectory data,
      PostgresServer postgres,
      String kafkaBootstrap,
      int port,
      Installation installation) {
    this.data = data;
    this.postgres = postgres;
    this.kafkaBootstrap = kafkaBootstrap;
    this.port = port;
    this.classPath = installation.classPath("connect", data);
    this.rest = new Rest(url());
  }

  @Override
  public ProcessSpec process() {
    List<String> flags =
        List.of("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    return new ProcessSpec(
        NAME,
        "Kafka Connect",
        JavaCommand.of(
            NAME,
            data,
            flags,
            "org.apache.kafka.connect.cli.ConnectDistributed",
            List.of(data.config("connect.properties").toString())),
        Map.of(
            "CLASSPATH",
            classPath,
            PASSWORD_VARIABLE,
            postgres.account(PostgresServer.CDC).password()),
        data.output(NAME),
        "TERM",
        Duration.ofSeconds(20));
  }

  @Override
  public void check() throws IOException {
    rest.get("/connectors");
  }

  /** Writes the worker's settings and lays out its plugins, each with its own class loader. */
  void configure(Installation installation) {
    Path plugins = data.lib("plugins");
    try {
      PostgresBinaries.deleteTree(plugins);
      Path debezium = Files.createDirectories(plugins.resolve("debezium"));
      for (Path jar : installation.jars("debezium", data)) {
        Files.createSymbolicLink(debezium.resolve(jar.getFileName()), jar);
      }
      Installation.copy(installation.connectorsJar(), plugins.resolve("rekindle"));
    } catch (IOException e) {
      throw new Failure("cannot lay out the plugins of Kafka Connect: " + e.getMessage(), e);
    }
    installation.configure(
        "connect/worker.properties",
        data.config("connect.properties"),
        Map.of(
            "KAFKA_BOOTSTRAP", kafkaBootstrap,
            "CONNECT_HOST", "127.0.0.1",
            "CONNECT_LISTEN", "127.0.0.1",
            "CONNECT_PORT", Integer.toString(port),
            "CONNECT_PLUGINS", plugins.toString()));
  }

  /** Creates the connector, or gives it the settings of this start. */
  void putConnector() throws IOException {
    Map<String, String> config =
        ConnectorConfig.of(
            "127.0.0.1",
            postgres.port(),
            PostgresServer.CDC,
            "${env:" + PASSWORD_VARIABLE + "}",
            PostgresServer.DATABASE,
            Topics.standard().users().partitions());
    rest.put(CONNECTOR + "/config", JSON.valueToTree(config));
  }

  /** State of the connector and its task; empty if the worker does not know it yet. */
  Optional<ConnectorStatus> status() throws IOException {
    try {
      return Optional.of(ConnectorStatus.of(rest.get(CONNECTOR + "/status")));
    } catch (Rest.Refused e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Starts again what failed of the connector. */
  void restartFailed() throws IOException {
    rest.post(
        CONNECTOR + "/restart?includeTasks=true&onlyFailed=true",
        JsonNodeFactory.instance.objectNode());
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * What Kafka Connect says of the connector.
   *
   * @param state of the connector: RUNNING, FAILED, PAUSED, …
   * @param task state of its task; UNASSIGNED while it has none
   * @param trouble first line of the trace of what failed; null if nothing did
   */
  record ConnectorStatus(String state, String task, String trouble) {

    static ConnectorStatus of(JsonNode status) {
      JsonNode connector = status.path("connector");
      JsonNode task = status.path("tasks").path(0);
      String trace = task.path("trace").asText(connector.path("trace").asText(null));
      return new ConnectorStatus(
          connector.path("state").asText("UNASSIGNED"),
          task.path("state").asText("UNASSIGNED"),
          trace == null ? null : rootCause(trace));
    }

    boolean running() {
      return state.equals("RUNNING") && task.equals("RUNNING");
    }

    boolean failed() {
      return state.equals("FAILED") || task.equals("FAILED");
    }

    /** The innermost cause says what to do; the outer ones only who noticed. */
    private static String rootCause(String trace) {
      return trace
          .lines()
          .filter(line -> line.startsWith("Caused by: "))
          .reduce((first, last) -> last)
          .map(line -> line.substring("Caused by: ".length()))
          .orElseGet(() -> trace.lines().findFirst().orElse(""));
    }
  }
}
