package io.rekindle.local.server;

import io.rekindle.local.Await;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import io.rekindle.local.terminal.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The process of one server, without the rest of a stack. */
final class StartedServer implements AutoCloseable {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final ManagedProcess process;

  private StartedServer(ManagedProcess process) {
    this.process = process;
  }

  /** The repository, which is built. */
  static Installation installation() {
    return new Installation(Path.of("").toAbsolutePath().getParent().getParent());
  }

  /** Creates an empty data directory with the configuration of logging. */
  static DataDirectory data(Path directory) {
    DataDirectory data = new DataDirectory(directory);
    data.create();
    installation()
        .configure("logging/log4j2.properties", data.config("log4j2.properties"), Map.of());
    return data;
  }

  /** Starts a server that is configured, and waits until it answers. */
  static StartedServer start(Server server, DataDirectory data) throws InterruptedException {
    EventLog log = new EventLog(data.log("test"), Progress.onStandardErrorIfSlow());
    StartedServer started = new StartedServer(new ManagedProcess(server.process(), data, log));
    started.process.start();
    try {
      Await.until(
          server.process().title() + " answers",
          SOON,
          () -> {
            server.check();
            return true;
          });
      return started;
    } catch (InterruptedException | AssertionError e) {
      started.close();
      throw e;
    }
  }

  @Override
  public void close() {
    process.stop();
  }
}
