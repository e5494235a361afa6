package io.rekindle.local.server;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.JavaCommand;
import io.rekindle.local.process.OneShot;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** A Kafka broker that is its own controller. */
public final class KafkaBroker implements Server {

  public static final String NAME = "kafka";

  private static final Duration FORMAT_LIMIT = Duration.ofMinutes(1);
  private static final int ANSWER_MS = 5_000;

  private final DataDirectory data;
  private final StackSettings settings;
  private final StackKey key;
  private final int port;
  private final int controllerPort;
  private final String classPath;

  /**
   * @param key the key that the broker asks for
   */
  public KafkaBroker(
      DataDirectory data,
      StackSettings settings,
      StackKey key,
      int port,
      int controllerPort,
      Installation installation) {
    this.data = data;
    this.settings = settings;
    this.key = key;
    this.port = port;
    this.controllerPort = controllerPort;
    this.classPath = installation.classPath("kafka", data);
  }

  @Override
  public ProcessSpec process() {
    return ProcessSpec.ofJava(
        NAME,
        "Kafka",
        data,
        classPath,
        // Not with the first compiler alone, which encrypts slowly: all records are encrypted.
        List.of("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC"),
        "kafka.Kafka",
        List.of(config()),
        Map.of(),
        Duration.ofSeconds(20));
  }

  @Override
  public void check() throws IOException {
    // A new client costs nearly a second on two cores, so a bare connection is tried first.
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MS);
    }
    try (AdminClient admin = admin()) {
      admin.describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + ANSWER_MS + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  public void configure(Installation installation) {
    installation.configure(
        "kafka/server.properties",
        data.config("kafka.properties"),
        Map.of(
            "KAFKA_HOST", "127.0.0.1",
            "KAFKA_LISTEN", "127.0.0.1",
            "KAFKA_PORT", Integer.toString(port),
            "KAFKA_CONTROLLER_PORT", Integer.toString(controllerPort),
            "KAFKA_TLS", key.directory().toString(),
            "KAFKA_TLS_PASSWORD", key.password(),
            "KAFKA_SUPER_USERS", "User:CN=" + StackKey.NAME,
            "KAFKA_DATA", data.kafka().toString()));
  }

  /** Formats an empty directory, which a broker requires. */
  public void initialise() {
    if (Files.exists(data.kafka().resolve("meta.properties"))) {
      return;
    }
    ProcessBuilder format =
        new ProcessBuilder(
            JavaCommand.of(
                "kafka-format",
                data,
                List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                "kafka.tools.StorageTool",
                List.of(
                    "format",
                    "--ignore-formatted",
                    "--cluster-id",
                    settings.kafkaClusterId(),
                    "--config",
                    config())));
    format.environment().put("CLASSPATH", classPath);
    try {
      OneShot.run("Kafka's format", format, data.output("kafka-format"), FORMAT_LIMIT);
    } catch (IOException e) {
      throw new Failure("cannot start Kafka's format: " + e.getMessage(), e);
    }
  }

  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Returns the broker and the key for it. */
  public KafkaLogin login() {
    return new KafkaLogin(bootstrap(), key.directory());
  }

  /** Returns a client whose requests fail after 5 s. */
  public AdminClient admin() {
    return admin(login(), Duration.ofMillis(ANSWER_MS));
  }

  /** Returns a client whose requests fail after the given time. */
  public static AdminClient admin(KafkaLogin kafka, Duration limit) {
    int millis = Math.toIntExact(limit.toMillis());
    return AdminClient.create(
        kafka.settings(
            Map.of(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500)));
  }

  private String config() {
    return data.config("kafka.properties").toString();
  }
}
