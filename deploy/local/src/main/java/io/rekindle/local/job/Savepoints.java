package io.rekindle.local.job;

import io.rekindle.local.process.EventLog;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Stops a job with a savepoint for the next start. */
public final class Savepoints {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(250);

  private final FlinkRest flink;
  private final EventLog log;

  /** Creates savepoints of the cluster's jobs, and reports them in the log. */
  public Savepoints(FlinkRest flink, EventLog log) {
    this.flink = flink;
    this.log = log;
  }

  /** Stops the job with a savepoint. Reports a failure, after which the job may still run. */
  public void stopWithSavepoint(String jobId) {
    log.step("taking a savepoint");
    try {
      if (flink.job(jobId).filter(FlinkRest.Job::running).isEmpty()) {
        log.report("the job is not running: the next start goes on from its newest checkpoint");
        return;
      }
      String request = flink.stopWithSavepoint(jobId);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (System.nanoTime() - deadline < 0) {
        FlinkRest.Savepoint savepoint = flink.savepoint(jobId, request);
        if (savepoint.failure() != null) {
          throw new IOException(savepoint.failure());
        }
        if (savepoint.location() != null) {
          log.note("savepoint " + savepoint.location());
          return;
        }
        TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
      }
      throw new IOException("not complete after " + LIMIT.toSeconds() + " s");
    } catch (IOException e) {
      log.report(
          "no savepoint could be taken (%s): the next start goes on from the newest checkpoint"
              .formatted(e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
