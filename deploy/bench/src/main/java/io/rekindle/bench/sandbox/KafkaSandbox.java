package io.rekindle.bench.sandbox;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.StackKey;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** A Kafka broker without the rest of a stack, in a directory that is deleted at the end. */
public final class KafkaSandbox implements AutoCloseable {

  private final Sandbox sandbox;
  private final KafkaBroker kafka;

  private KafkaSandbox(Sandbox sandbox, KafkaBroker kafka) {
    this.sandbox = sandbox;
    this.kafka = kafka;
  }

  /** Starts a broker, and waits until it answers. */
  public static KafkaSandbox start(Progress progress) throws IOException, InterruptedException {
    Sandbox sandbox = Sandbox.temporary(progress);
    try {
      KafkaBroker kafka =
          new KafkaBroker(
              sandbox.data(),
              sandbox.settings(),
              StackKey.readOrCreate(sandbox.data()),
              sandbox.port(Port.KAFKA),
              sandbox.port(Port.KAFKA_CONTROLLER),
              sandbox.installation());
      kafka.configure(sandbox.installation());
      progress.step("starting Kafka");
      kafka.initialise();
      sandbox.start(kafka);
      leaveFlushingToTheSystem(kafka.login());
      return new KafkaSandbox(sandbox, kafka);
    } catch (RuntimeException | InterruptedException e) {
      sandbox.close();
      throw e;
    }
  }

  /** The benchmark measures the job, and its records need not survive a power loss. */
  private static void leaveFlushingToTheSystem(KafkaLogin kafka) throws InterruptedException {
    ConfigEntry setting =
        new ConfigEntry("log.flush.interval.messages", Long.toString(Long.MAX_VALUE));
    try (AdminClient admin = AdminClient.create(kafka.settings())) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.BROKER, ""),
                  List.of(new AlterConfigOp(setting, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new Failure("Kafka refuses a setting: " + e.getCause().getMessage(), e);
    }
  }

  /** Returns the broker and the key for it. */
  public KafkaLogin login() {
    return kafka.login();
  }

  /** Returns a directory that exists as long as the broker. */
  public Path directory() {
    return sandbox.data().root();
  }

  /** Returns the class path of a JVM with the job: Flink and the job's jar. */
  public static List<Path> jobClassPath() {
    Installation installation = Installation.current();
    DataDirectory nowhere = new DataDirectory(Path.of(System.getProperty("java.io.tmpdir")));
    List<Path> jars = new ArrayList<>(installation.jars("flink", nowhere));
    jars.add(installation.jobJar());
    return jars;
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
