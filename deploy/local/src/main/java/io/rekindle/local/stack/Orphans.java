package io.rekindle.local.stack;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.process.Signals;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Processes that a supervisor left behind when it was killed. */
public final class Orphans {

  /** The time for the end of all processes together. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private Orphans() {}

  /**
   * Ends the processes of earlier runs on a data directory. The number, the start and the command
   * line of a process must all be those of this stack.
   *
   * @return the number of these processes
   */
  public static int end(DataDirectory data, EventLog log) {
    List<ProcessHandle> orphans = new ArrayList<>();
    for (Path file : pidFiles(data)) {
      String component = file.getFileName().toString().replaceFirst("\\.json$", "");
      PidFile.read(file)
          .flatMap(Pid::handle)
          .filter(process -> belongsTo(process, data))
          .ifPresent(
              process -> {
                log.report(
                    "ending %s (pid %d), left behind by a run that was killed"
                        .formatted(component, process.pid()));
                // A JVM that a script started in the background may ignore INT.
                Signals.send(
                    process,
                    component.equals(PostgresServer.NAME) ? PostgresServer.STOP_SIGNAL : "TERM");
                orphans.add(process);
              });
    }
    awaitEnd(orphans);
    orphans.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(orphans);
    for (ProcessHandle process : orphans) {
      if (process.isAlive()) {
        throw new Failure(
            "process %d, left behind by a run that was killed, does not end: end it by hand"
                .formatted(process.pid()));
      }
    }
    for (Path file : pidFiles(data)) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return orphans.size();
  }

  private static boolean belongsTo(ProcessHandle process, DataDirectory data) {
    return process
        .info()
        .arguments()
        .map(arguments -> Stream.of(arguments).anyMatch(a -> a.contains(data.root().toString())))
        .orElse(false);
  }

  private static void awaitEnd(List<ProcessHandle> processes) {
    try {
      CompletableFuture.allOf(
              processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller ends the remaining processes.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> pidFiles(DataDirectory data) {
    try (Stream<Path> files = Files.list(data.run())) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
