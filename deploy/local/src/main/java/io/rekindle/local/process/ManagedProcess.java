package io.rekindle.local.process;

import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.Backoff;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts one process, starts it again when it dies, and ends it on request. Thread-safe. */
public final class ManagedProcess {

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  /** The life after which an end counts as the first failure again. */
  private static final Duration STABLE_AFTER = Duration.ofMinutes(1);

  private static final Duration AFTER_KILL = Duration.ofSeconds(10);

  private final ProcessSpec spec;
  private final DataDirectory data;
  private final EventLog log;

  private Process process;
  private long startedAt;
  private long startAgainAt;
  private int deaths;
  private boolean shouldRun;
  private boolean closed;

  public ManagedProcess(ProcessSpec spec, DataDirectory data, EventLog log) {
    this.spec = spec;
    this.data = data;
    this.log = log;
  }

  public ProcessSpec spec() {
    return spec;
  }

  /** The number of ends in a row after a short life. */
  public synchronized int deaths() {
    return deaths;
  }

  /**
   * Starts the process.
   *
   * @throws Failure if the process was stopped already
   */
  public synchronized void start() {
    if (closed) {
      throw new Failure("stopped before it was ready");
    }
    shouldRun = true;
    launch();
  }

  /** Starts the process again if it died and the pause is over. */
  public synchronized void keepAlive() {
    if (!shouldRun || process.isAlive()) {
      return;
    }
    long now = System.nanoTime();
    if (startAgainAt == 0) {
      deaths = now - startedAt > STABLE_AFTER.toNanos() ? 1 : deaths + 1;
      Duration pause = BACKOFF.after(deaths);
      startAgainAt = now + pause.toNanos();
      log.report(
          "%s (pid %d) ended with exit code %d: starting it again%s"
              .formatted(
                  spec.title(),
                  process.pid(),
                  process.exitValue(),
                  deaths > 1 ? " in %d s".formatted(pause.toSeconds()) : ""));
    }
    if (now - startAgainAt >= 0) {
      launch();
    }
  }

  /** Ends the process for good, in good order if possible. */
  public void stop() {
    Process running;
    synchronized (this) {
      closed = true;
      shouldRun = false;
      running = process;
    }
    if (running == null) {
      return;
    }
    if (running.isAlive()) {
      Signals.send(running.toHandle(), spec.stopSignal());
      if (!ended(running, spec.grace())) {
        log.report(
            "%s (pid %d) did not stop within %d s: killing it"
                .formatted(spec.title(), running.pid(), spec.grace().toSeconds()));
        running.destroyForcibly();
        if (!ended(running, AFTER_KILL)) {
          log.report("%s (pid %d) is still there".formatted(spec.title(), running.pid()));
          return;
        }
      }
    }
    try {
      Files.deleteIfExists(data.pidFile(spec.name()));
    } catch (IOException e) {
      log.report("cannot delete " + data.pidFile(spec.name()) + ": " + e.getMessage());
    }
  }

  private void launch() {
    ProcessBuilder builder = new ProcessBuilder(Signals.inOwnSession(spec.command()));
    builder.directory(data.run().toFile());
    builder.environment().putAll(spec.environment());
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(spec.output().toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new Failure("cannot start " + spec.title() + ": " + e.getMessage(), e);
    }
    startedAt = System.nanoTime();
    startAgainAt = 0;
    PidFile.write(data.pidFile(spec.name()), Pid.of(process.toHandle()));
    log.note(spec.title() + " is pid " + process.pid());
  }

  private static boolean ended(Process process, Duration within) {
    // Process.waitFor polls in steps of up to 100 ms, and a stack stops six processes.
    CompletableFuture<Process> exit = process.onExit();
    try {
      exit.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
