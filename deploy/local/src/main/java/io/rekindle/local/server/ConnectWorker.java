package io.rekindle.local.server;

import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kafka Connect with Debezium, which captures the database's changes. */
public final class ConnectWorker implements Server {

  public static final String NAME = "connect";

  private static final String PASSWORD_VARIABLE = "REKINDLE_CDC_PASSWORD";

  private final DataDirectory data;
  private final StackKey key;
  private final PostgresServer postgres;
  private final String kafkaBootstrap;
  private final int port;
  private final String classPath;
  private final ConnectApi api;

  /**
   * @param key the key that the REST API asks for
   */
  public ConnectWorker(
      DataDirectory data,
      StackKey key,
      PostgresServer postgres,
      String kafkaBootstrap,
      int port,
      Installation installation) {
    this.data = data;
    this.key = key;
    this.postgres = postgres;
    this.kafkaBootstrap = kafkaBootstrap;
    this.port = port;
    this.classPath = installation.classPath("connect", data);
    this.api = new ConnectApi(url(), key.directory());
  }

  @Override
  public ProcessSpec process() {
    return ProcessSpec.ofJava(
        NAME,
        "Kafka Connect",
        data,
        classPath,
        List.of("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "org.apache.kafka.connect.cli.ConnectDistributed",
        List.of(data.config("connect.properties").toString()),
        Map.of(PASSWORD_VARIABLE, postgres.account(PostgresServer.CDC).password()),
        Duration.ofSeconds(20));
  }

  @Override
  public void check() throws IOException {
    api.check();
  }

  /**
   * Writes the worker's settings and installs Debezium with our classes as one plugin, since one
   * class loader must find the snapshotter.
   */
  public void configure(Installation installation) {
    Path plugins = data.lib("plugins");
    try {
      DataDirectory.deleteTree(plugins);
      Path plugin = Files.createDirectories(plugins.resolve("rekindle"));
      for (Path jar : installation.jars("debezium", data)) {
        Files.createSymbolicLink(plugin.resolve(jar.getFileName()), jar);
      }
      for (Path jar : installation.connectPluginJars()) {
        Installation.copy(jar, plugin);
      }
    } catch (IOException e) {
      throw new Failure("cannot lay out the plugins of Kafka Connect: " + e.getMessage(), e);
    }
    installation.configure(
        "connect/worker.properties",
        data.config("connect.properties"),
        Map.of(
            "KAFKA_BOOTSTRAP",
            kafkaBootstrap,
            "CONNECT_HOST",
            "127.0.0.1",
            "CONNECT_LISTEN",
            "127.0.0.1",
            "CONNECT_PORT",
            Integer.toString(port),
            "CONNECT_TLS",
            key.directory().toString(),
            "CONNECT_TLS_PASSWORD",
            key.password(),
            "KAFKA_TLS",
            key.directory().toString(),
            "KAFKA_TLS_PASSWORD",
            key.password(),
            "CONNECT_PLUGINS",
            plugins.toString()));
  }

  /**
   * Creates the connector, or updates its settings.
   *
   * @throws IllegalArgumentException if the worker refuses the settings; the message has the reason
   */
  public void putConnector() throws IOException {
    api.put(
        ConnectorConfig.of(
            "127.0.0.1",
            postgres.port(),
            PostgresServer.CDC,
            "${env:" + PASSWORD_VARIABLE + "}",
            PostgresServer.DATABASE,
            null,
            Topics.standard().users().partitions()));
  }

  public ConnectApi api() {
    return api;
  }

  public String url() {
    return "https://127.0.0.1:" + port;
  }
}
