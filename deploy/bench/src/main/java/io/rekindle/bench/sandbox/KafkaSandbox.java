package io.rekindle.bench.sandbox;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.Port;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Kafka broker alone, a process like that of a stack, in a directory of its own that is deleted
 * at the end.
 */
public final class KafkaSandbox implements AutoCloseable {

  private final Sandbox sandbox;
  private final KafkaBroker kafka;

  private KafkaSandbox(Sandbox sandbox, KafkaBroker kafka) {
    this.sandbox = sandbox;
    this.kafka = kafka;
  }

  /** Starts a broker, and returns when it answers. */
  public static KafkaSandbox start(Progress progress) throws IOException {
    Sandbox sandbox = Sandbox.temporary(progress);
    try {
      KafkaBroker kafka =
          new KafkaBroker(
              sandbox.data(),
              sandbox.settings(),
              sandbox.port(Port.KAFKA),
              sandbox.port(Port.KAFKA_CONTROLLER),
              sandbox.installation());
      kafka.configure(sandbox.installation());
      progress.step("starting Kafka");
      kafka.initialise();
      sandbox.start(kafka, kafka::check);
      return new KafkaSandbox(sandbox, kafka);
    } catch (RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  /** Address of the broker. */
  public String bootstrap() {
    return kafka.bootstrap();
  }

  /** Where whatever belongs to the broker's user may be kept as long as the broker. */
  public Path directory() {
    return sandbox.data().root();
  }

  /** The class path of a JVM that runs the job: Flink's and the job's jar. */
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
