package io.rekindle.bench.torture;

import io.rekindle.local.process.PausingThread;
import io.rekindle.local.terminal.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Commits the transactions of a plan, each until it succeeds, on a thread of its own. */
final class Load implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(30);

  /** Classes of errors that a repetition does not mend: data, constraint, syntax. */
  private static final Set<String> WRONG = Set.of("22", "23", "42");

  private final TortureStack stack;
  private final LoadPlan plan;
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong interruptions = new AtomicLong();
  private final ReentrantLock transaction = new ReentrantLock(true);
  private final PausingThread thread;
  private volatile SQLException failure;

  Load(TortureStack stack, LoadPlan plan) {
    this.stack = stack;
    this.plan = plan;
    this.thread = new PausingThread("torture-load", stack.timeout(), this::run);
    thread.start();
  }

  /** Waits for the transaction under way. The thread that pauses has to resume. */
  void pause() {
    transaction.lock();
  }

  void resume() {
    transaction.unlock();
  }

  long commits() {
    return commits.get();
  }

  long interruptions() {
    return interruptions.get();
  }

  /** Returns the error that ended the load; null if there was none. */
  SQLException failure() {
    return failure;
  }

  @Override
  public void close() {
    thread.close();
  }

  private void run() {
    List<String> statements = plan.next();
    while (thread.pause(PAUSE)) {
      try (Connection connection = stack.connect(stack.info().owner())) {
        connection.setAutoCommit(false);
        while (thread.pause(PAUSE)) {
          commit(connection, statements);
          commits.incrementAndGet();
          statements = plan.next();
        }
      } catch (SQLException e) {
        if (e.getSQLState() != null && WRONG.contains(e.getSQLState().substring(0, 2))) {
          failure = e;
          return;
        }
        interruptions.incrementAndGet();
      } catch (Failure e) {
        // No stack runs: a command is between `down` and `up`.
        interruptions.incrementAndGet();
      }
    }
  }

  private void commit(Connection connection, List<String> statements) throws SQLException {
    transaction.lock();
    try (Statement statement = connection.createStatement()) {
      // Locks of a fault and a commit without an answer end here.
      connection.setNetworkTimeout(Runnable::run, 90_000);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    } finally {
      transaction.unlock();
    }
  }
}
