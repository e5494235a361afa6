package io.rekindle.local.stack;

import io.rekindle.connectors.connect.ConnectorWatchdog;
import io.rekindle.local.job.JobWatchdog;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Keeps the processes, the job and the connector running until the stack stops. */
final class Watch {

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration CONNECTOR_TICK = Duration.ofSeconds(1);
  private static final Duration CAPTURE_TICK = Duration.ofSeconds(3);

  private final DataDirectory data;
  private final StackServers servers;
  private final JobWatchdog job;
  private final EventLog log;
  private final Executor workers;
  private final CountDownLatch stopping;

  /**
   * Creates a watch that is not on yet.
   *
   * @param workers runs one task for each watched part
   * @param stopping counted down when the stack begins to stop
   */
  Watch(
      DataDirectory data,
      StackServers servers,
      JobWatchdog job,
      EventLog log,
      Executor workers,
      CountDownLatch stopping) {
    this.data = data;
    this.servers = servers;
    this.job = job;
    this.log = log;
    this.workers = workers;
    this.stopping = stopping;
  }

  /** Restarts every started process that ends, and limits the size of their outputs. */
  void processes() {
    OutputFiles outputs = new OutputFiles(data.logs());
    repeat(
        TICK,
        () -> {
          for (ManagedProcess process : servers.processes()) {
            if (stopping.getCount() > 0) {
              process.keepAlive();
            }
          }
          outputs.limit();
        });
  }

  /** Submits the job, and submits it again when it ends. */
  void job() {
    repeat(TICK, job::keepAlive);
  }

  /** Restarts the connector or its task after a failure. */
  void connector() {
    ConnectorWatchdog watchdog = new ConnectorWatchdog(servers.connect().api(), log::report);
    repeat(CONNECTOR_TICK, watchdog::keepAlive);
  }

  /** Reports what keeps capture from seeing every change. */
  void capture() {
    CaptureFaults faults = new CaptureFaults(() -> servers.info(null), log::report);
    repeat(CAPTURE_TICK, faults::check);
  }

  /** A check of a server, or of the job. */
  interface Check {
    void run() throws IOException;
  }

  /** Repeats a check in the background. The watch goes on when a server does not answer. */
  private void repeat(Duration interval, Check check) {
    workers.execute(() -> untilStopped(interval, check));
  }

  private void untilStopped(Duration interval, Check check) {
    String trouble = null;
    try {
      while (!stopping.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          check.run();
          trouble = null;
        } catch (IOException | RuntimeException e) {
          if (!e.toString().equals(trouble)) {
            trouble = e.toString();
            log.note(trouble);
          }
        } catch (Error e) {
          // Without its watch, a part that dies stays dead.
          if (!e.toString().equals(trouble)) {
            trouble = e.toString();
            log.report("watching the stack goes on after an error: " + trouble, e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
