package io.rekindle.dashboard.fits;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.prediction.FitResult;
import io.rekindle.prediction.ShopOrders;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits policies in the background, one at a time, since each takes a core and a temporary file. The
 * last one can be asked for until the next begins. Thread-safe.
 */
public final class FitQueue implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FitQueue.class);

  private final DashboardDatabase database;

  // Guarded by this; null before the first fit.
  private FitJob last;

  /** How a fit stands. */
  enum State {
    RUNNING,
    /** The draft is stored. */
    DONE,
    /** The shop has too few orders. */
    REFUSED,
    CANCELLED,
    FAILED
  }

  /** What a running fit does. */
  enum Step {
    READING,
    FITTING
  }

  /**
   * What a shop must have for a fit, and has not.
   *
   * @param sentence for people, with both numbers
   */
  record Missing(FitResult.Minimum minimum, double found, double required, String sentence) {}

  /**
   * A fit as the API shows it.
   *
   * @param clientsRead clients read in all readings so far; a fit reads each several times
   * @param finishedAt null until it is
   * @param error null unless it failed
   * @param policyVersion of the draft; null unless it is done
   * @param missing empty unless the shop is too small
   */
  record FitStatus(
      String fitId,
      State state,
      Step step,
      long clientsRead,
      String startedBy,
      Instant startedAt,
      Instant finishedAt,
      String error,
      String policyVersion,
      List<Missing> missing) {}

  /** The fit was cancelled. */
  private static final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A fit. Its state is written by its thread alone, but for the wish to cancel. */
  private static final class FitJob {

    private final String id = UUID.randomUUID().toString();
    private final Instant startedAt = Instant.now();
    private final Actor actor;
    private volatile boolean cancelled;
    private volatile Step step = Step.READING;
    private volatile long clientsRead;
    private State state = State.RUNNING;
    private Instant finishedAt;
    private String error;
    private String policyVersion;
    private List<Missing> missing = List.of();

    FitJob(Actor actor) {
      this.actor = actor;
    }

    void clientsRead(long count) {
      clientsRead = count;
      if (cancelled) {
        throw new CancelledException();
      }
    }

    /** The orders, whose readings are counted and can be cancelled. */
    ShopOrders counted(ShopOrders orders) {
      return visitor ->
          orders.forEachClient(
              (userId, history) -> {
                clientsRead(clientsRead + 1);
                visitor.client(userId, history);
              });
    }

    synchronized void end(State end, String version, List<Missing> lacks, String why) {
      state = end;
      policyVersion = version;
      missing = lacks;
      error = why;
      finishedAt = Instant.now();
    }

    synchronized boolean running() {
      return state == State.RUNNING;
    }

    synchronized FitStatus status() {
      return new FitStatus(
          id,
          state,
          step,
          clientsRead,
          actor.name(),
          startedAt,
          finishedAt,
          error,
          policyVersion,
          missing);
    }
  }

  public FitQueue(DashboardDatabase database) {
    this.database = database;
  }

  /**
   * Begins a fit.
   *
   * @throws ConflictException if one is under way
   */
  synchronized FitStatus start(Actor actor) {
    if (last != null && last.running()) {
      throw new ConflictException("Another fit is under way: see what comes of it.");
    }
    FitJob job = new FitJob(actor);
    last = job;
    Thread thread = new Thread(() -> run(job), "fit");
    thread.setDaemon(true);
    thread.start();
    return job.status();
  }

  /** Empty if there is no fit of that id, or not any more. */
  synchronized Optional<FitStatus> status(String fitId) {
    return Stream.ofNullable(last).filter(has(fitId)).map(FitJob::status).findFirst();
  }

  /** Ends a fit soon. False if there is none of that id. */
  synchronized boolean cancel(String fitId) {
    boolean found = last != null && has(fitId).test(last);
    if (found) {
      last.cancelled = true;
    }
    return found;
  }

  private static Predicate<FitJob> has(String fitId) {
    return job -> job.id.equals(fitId);
  }

  @Override
  public synchronized void close() {
    if (last != null) {
      last.cancelled = true;
    }
  }

  private void run(FitJob job) {
    try {
      ShopFit.Result result = fit(job);
      if (result instanceof ShopFit.Refused refused) {
        job.end(State.REFUSED, null, missing(refused), null);
      } else {
        job.end(State.DONE, store(job, ((ShopFit.Found) result).candidate()), List.of(), null);
      }
    } catch (CancelledException e) {
      job.end(State.CANCELLED, null, List.of(), null);
    } catch (SQLException | IOException | RuntimeException e) {
      LOG.warn("A fit failed", e);
      job.end(State.FAILED, null, List.of(), "The fit failed; the service's log says why.");
    } catch (Error e) {
      job.end(State.FAILED, null, List.of(), "The fit failed by an error of the service.");
      throw e;
    }
  }

  private ShopFit.Result fit(FitJob job) throws SQLException, IOException {
    try (Connection connection = database.connectUnlimited();
        ShopSnapshot snapshot = ShopSnapshot.read(connection, job::clientsRead)) {
      job.step = Step.FITTING;
      return ShopFit.run(snapshot, job.counted(snapshot), snapshot.instant());
    }
  }

  private String store(FitJob job, Candidate candidate) throws SQLException {
    return database
        .jdbi()
        .inTransaction(
            handle -> {
              Candidate.Stored stored = candidate.store(handle.getConnection(), job.actor.name());
              if (stored.created()) {
                AuditLog.record(
                    handle,
                    job.actor,
                    "CREATE",
                    Subject.POLICY.of(stored.version()),
                    null,
                    Map.of("fittedAsOf", candidate.asOf().toString()));
              }
              return stored.version();
            });
  }

  private static List<Missing> missing(ShopFit.Refused refused) {
    return refused.reasons().shortfalls().stream()
        .map(
            shortfall ->
                new Missing(
                    shortfall.minimum(),
                    shortfall.found(),
                    shortfall.minimum().required(),
                    shortfall.sentence()))
        .toList();
  }
}
