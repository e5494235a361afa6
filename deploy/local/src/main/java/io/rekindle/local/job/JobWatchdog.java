package io.rekindle.local.job;

import io.rekindle.job.source.DeliberateStop;
import io.rekindle.local.process.EventLog;
import io.rekindle.platform.rest.Backoff;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Keeps exactly one job running on the Flink cluster. If the job has ended or is gone with its
 * JobManager, the watchdog submits it again. The new job starts from the newest checkpoint or
 * savepoint. A job that stopped on purpose stays down until the next start.
 *
 * <p>The watchdog chooses the id, and keeps it for a job that the JobManager does not know. A busy
 * JobManager may take a submission minutes after the watchdog has given up waiting. It then refuses
 * the other one with the same id, so there are never two jobs.
 *
 * <p>Not thread-safe, except for the methods that report its state.
 */
public final class JobWatchdog {

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  /** The time before a submission without an answer is repeated. */
  private static final Duration NO_ANSWER = Duration.ofSeconds(30);

  private final FlinkRest flink;
  private final Path jar;
  private final List<String> arguments;
  private final Checkpoints checkpoints;
  private final EventLog log;
  private final Consumer<String> submitted;

  private volatile String jobId;
  private volatile String trouble;
  private final AtomicInteger failures = new AtomicInteger();
  private Path restoredFrom;
  private boolean ran;

  /** Whether the job ended for a fault that each restart would meet again. */
  private boolean stopped;

  private long notBefore;

  /** Until then, a submission without an answer may arrive. */
  private long unansweredUntil = System.nanoTime();

  /**
   * @param submitted receives the id of each job before its submission
   */
  public JobWatchdog(
      FlinkRest flink,
      Path jar,
      List<String> arguments,
      Checkpoints checkpoints,
      EventLog log,
      Consumer<String> submitted) {
    this.flink = flink;
    this.jar = jar;
    this.arguments = arguments;
    this.checkpoints = checkpoints;
    this.log = log;
    this.submitted = submitted;
  }

  /** The id of the last submitted job; null before the first. */
  public String jobId() {
    return jobId;
  }

  /**
   * The number of jobs in a row that ended without having run; the largest once the job stopped.
   */
  public int failures() {
    return failures.get();
  }

  /** The last problem of the job; null without one. */
  public String trouble() {
    return trouble;
  }

  /**
   * Checks the job once.
   *
   * @throws IOException if the JobManager does not answer
   */
  public void keepAlive() throws IOException {
    if (stopped) {
      return;
    }
    Optional<FlinkRest.Job> job = jobId == null ? Optional.empty() : flink.job(jobId);
    if (job.isPresent() && !job.get().ended()) {
      notBefore = 0;
      if (job.get().running()) {
        ran = true;
        failures.set(0);
      }
      return;
    }
    if (jobId == null) {
      submit(newId());
      return;
    }
    if (job.isEmpty() && System.nanoTime() - unansweredUntil < 0) {
      return;
    }
    if (notBefore == 0) {
      hasEnded(job);
    }
    if (!stopped && System.nanoTime() - notBefore >= 0) {
      submit(job.isPresent() ? newId() : jobId);
    }
  }

  private void hasEnded(Optional<FlinkRest.Job> job) throws IOException {
    if (job.isEmpty()) {
      scheduleRestart("is gone with its JobManager");
      return;
    }
    Optional<FlinkRest.JobFailure> last = flink.lastFailure(jobId);
    if (last.filter(failure -> DeliberateStop.isRootCause(failure.cause())).isPresent()) {
      trouble = "the job has stopped: " + last.get();
      failures.set(Integer.MAX_VALUE);
      stopped = true;
      log.report(trouble);
      return;
    }
    if (!ran) {
      failures.incrementAndGet();
      if (restoredFrom != null) {
        checkpoints.markUnusable(restoredFrom);
      }
    }
    scheduleRestart(ending(job.get().state(), last));
  }

  /** A job that was cancelled, or has finished, did not end by its last failure. */
  static String ending(String state, Optional<FlinkRest.JobFailure> last) {
    return "is "
        + state
        + last.filter(any -> state.equals("FAILED"))
            .map(failure -> ": " + failure)
            .orElse(state.equals("CANCELED") ? " by a request" : "");
  }

  private void scheduleRestart(String what) {
    notBefore = System.nanoTime() + BACKOFF.after(failures.get()).toNanos();
    trouble = "the job " + what;
    log.report(trouble + ": submitting it again");
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private void submit(String id) throws IOException {
    Optional<Path> from = checkpoints.newest();
    if (from.isEmpty() && checkpoints.any()) {
      log.report("the job started from none of its checkpoints: trying them all again");
      checkpoints.forgetUnusable();
      from = checkpoints.newest();
    }
    submitted.accept(id);
    String jarId = flink.replaceJar(jar);
    log.note("submitting job " + id + from.map(path -> " from " + path).orElse(" from nothing"));
    restoredFrom = from.orElse(null);
    ran = false;
    jobId = id;
    notBefore = 0;
    try {
      boolean claim = restoredFrom != null && !checkpoints.isSavepoint(restoredFrom);
      flink.run(jarId, id, arguments, restoredFrom, claim);
    } catch (RestClient.StatusException e) {
      if (flink.job(id).isPresent()) {
        // An earlier submission arrived in the end.
        return;
      }
      failures.incrementAndGet();
      scheduleRestart("was refused: " + e.getMessage());
    } catch (IOException e) {
      unansweredUntil = System.nanoTime() + NO_ANSWER.toNanos();
      throw e;
    }
  }
}
