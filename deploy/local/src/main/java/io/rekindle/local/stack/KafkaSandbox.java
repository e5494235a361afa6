package io.rekindle.local.stack;

import io.rekindle.local.Failure;
import io.rekindle.local.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A Kafka broker alone, a process like that of a stack, in a directory of its own that is deleted
 * at the end.
 */
public final class KafkaSandbox implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Path directory;
  private final KafkaBroker kafka;
  private final ManagedProcess process;
  private final Thread atExit = new Thread(this::stop);

  private KafkaSandbox(Path directory, KafkaBroker kafka, ManagedProcess process) {
    this.directory = directory;
    this.kafka = kafka;
    this.process = process;
  }

  /** Starts a broker, and returns when it answers. */
  public static KafkaSandbox start(Progress progress) throws IOException {
    Path directory = Files.createTempDirectory("rekindle-kafka");
    DataDirectory data = new DataDirectory(directory);
    data.create();
    Installation installation = Installation.current();
    EventLog log = new EventLog(data.log("sandbox"), progress);
    Map<Port, Integer> ports = Port.choose(Map.of(), Map.of(), log::note);
    KafkaBroker kafka =
        new KafkaBroker(
            data,
            StackSettings.readOrCreate(data),
            ports.get(Port.KAFKA),
            ports.get(Port.KAFKA_CONTROLLER),
            installation);
    installation.configure("logging/log4j2.properties", data.config("log4j2.properties"), Map.of());
    kafka.configure(installation);
    KafkaSandbox sandbox =
        new KafkaSandbox(directory, kafka, new ManagedProcess(kafka.process(), data, log));
    Runtime.getRuntime().addShutdownHook(sandbox.atExit);
    progress.step("starting Kafka");
    try {
      kafka.initialise();
      sandbox.process.start();
      sandbox.awaitAnswer();
    } catch (Failure e) {
      sandbox.close();
      throw e;
    }
    return sandbox;
  }

  /** Address of the broker. */
  public String bootstrap() {
    return kafka.bootstrap();
  }

  /** Where whatever belongs to the broker's user may be kept as long as the broker. */
  public Path directory() {
    return directory;
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
    Runtime.getRuntime().removeShutdownHook(atExit);
    stop();
  }

  private void stop() {
    process.stop();
    try {
      DataDirectory.deleteTree(directory);
    } catch (IOException e) {
      throw new Failure("cannot delete " + directory + ": " + e.getMessage(), e);
    }
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        kafka.check();
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new Failure("Kafka does not answer: " + e.getMessage(), e);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }
}
