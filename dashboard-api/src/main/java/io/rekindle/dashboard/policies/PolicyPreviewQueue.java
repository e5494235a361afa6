package io.rekindle.dashboard.policies;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Previews under way and the latest results. One at a time, since each takes a core and more; a
 * principal who asks again does not want to know the earlier answer. Thread-safe.
 */
public final class PolicyPreviewQueue implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyPreviewQueue.class);
  private static final int MAX_WAITING = 4;
  private static final int MAX_KEPT = 20;

  private final DashboardDatabase database;

  /** A preview that is evicted cannot be asked for any more, and so is cancelled. */
  private final Map<String, PreviewJob> entries =
      Caffeine.newBuilder()
          .maximumSize(MAX_KEPT)
          .executor(Runnable::run)
          .<String, PreviewJob>evictionListener((id, entry, cause) -> cancel(entry))
          .build()
          .asMap();

  private final ThreadPoolExecutor worker =
      new ThreadPoolExecutor(
          0,
          1,
          30,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          task -> {
            Thread thread = new Thread(task, "preview");
            thread.setDaemon(true);
            return thread;
          });

  /** How a preview stands. */
  enum State {
    WAITING,
    RUNNING,
    DONE,
    CANCELLED,
    FAILED
  }

  /**
   * A preview as the API shows it.
   *
   * @param usersTotal an estimate until it is done; 0 if it is not known yet
   * @param finishedAt null until it is
   * @param error null unless it failed
   * @param result null until it is done
   */
  record PreviewStatus(
      String previewId,
      State state,
      long usersDone,
      long usersTotal,
      Instant startedAt,
      Instant finishedAt,
      String error,
      PolicyComparison.Result result) {}

  private static final class PreviewJob {

    private final String id = UUID.randomUUID().toString();
    private final String principalId;
    private final PolicyPreview preview;
    private final Instant startedAt = Instant.now();
    private State state = State.WAITING;
    private Instant finishedAt;
    private String error;
    private PolicyComparison.Result result;

    PreviewJob(String principalId, PolicyPreview preview) {
      this.principalId = principalId;
      this.preview = preview;
    }

    synchronized void end(State end, PolicyComparison.Result ofIt, String why) {
      state = end;
      result = ofIt;
      error = why;
      finishedAt = Instant.now();
    }

    synchronized boolean begin() {
      if (state != State.WAITING) {
        return false;
      }
      state = State.RUNNING;
      return true;
    }

    synchronized PreviewStatus status() {
      return new PreviewStatus(
          id,
          state,
          preview.usersDone(),
          preview.usersTotal(),
          startedAt,
          finishedAt,
          error,
          result);
    }
  }

  public PolicyPreviewQueue(DashboardDatabase database) {
    this.database = database;
  }

  /**
   * Begins to compare, and cancels the principal's earlier preview. Empty if too many others wait.
   */
  Optional<PreviewStatus> start(String principalId, ScoringPolicy before, ScoringPolicy after) {
    PreviewJob entry = new PreviewJob(principalId, new PolicyPreview(database, before, after));
    for (PreviewJob other : entries.values()) {
      if (other.principalId.equals(principalId)) {
        cancel(other);
      }
    }
    entries.put(entry.id, entry);
    try {
      worker.execute(() -> run(entry));
    } catch (RejectedExecutionException e) {
      entry.end(State.CANCELLED, null, null);
      return Optional.empty();
    }
    return Optional.of(entry.status());
  }

  Optional<PreviewStatus> status(String previewId) {
    return Optional.ofNullable(entries.get(previewId)).map(PreviewJob::status);
  }

  /** False if there is none of that id. */
  boolean cancel(String previewId) {
    PreviewJob entry = entries.get(previewId);
    if (entry != null) {
      cancel(entry);
    }
    return entry != null;
  }

  @Override
  public void close() {
    entries.values().forEach(PolicyPreviewQueue::cancel);
    worker.shutdownNow();
  }

  private static void cancel(PreviewJob entry) {
    entry.preview.cancel();
    if (entry.begin()) {
      entry.end(State.CANCELLED, null, null);
    }
  }

  private static void run(PreviewJob entry) {
    if (!entry.begin()) {
      return;
    }
    try {
      entry.end(State.DONE, entry.preview.run(), null);
    } catch (PolicyPreview.CancelledException e) {
      entry.end(State.CANCELLED, null, null);
    } catch (SQLException | RuntimeException e) {
      LOG.warn("A preview failed", e);
      entry.end(State.FAILED, null, "The preview failed; the service's log says why.");
    } catch (Error e) {
      entry.end(State.FAILED, null, "The preview failed by an error of the service.");
      throw e;
    }
  }
}
