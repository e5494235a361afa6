package io.rekindle.email.store;

import io.rekindle.email.store.EmailStore.Connections;
import io.rekindle.platform.jdbc.DatabaseRetry;
import io.rekindle.platform.jdbc.TransientFailure;
import io.rekindle.platform.rest.Backoff;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/**
 * Executes one statement for many callers. A few threads with a connection each take the waiting
 * questions, and ask all questions of one statement at once. One round trip and one commit thus
 * serve many emails.
 *
 * <p>While the database is away, the threads repeat the statement until a time limit. If the
 * database refuses a statement because of one row, only that row fails. Thread-safe.
 */
final class BatchExecutor implements AutoCloseable {

  private static final int MAX_BATCH = 200;
  private static final int NETWORK_TIMEOUT_MS = 15_000;
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

  private final Connections connections;
  private final DatabaseRetry retry;
  private final BlockingQueue<Task<Object, Object>> waiting = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param connections opens one for each thread, and another when one has broken
   * @param parallelism threads and connections
   * @param retryFor how long a statement is repeated while the database is away
   */
  BatchExecutor(Connections connections, int parallelism, Duration retryFor) {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism is less than 1");
    }
    this.connections = connections;
    this.retry = new DatabaseRetry(PAUSES, retryFor);
    for (int i = 0; i < parallelism; i++) {
      Thread thread = new Thread(this::work, "email-store-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** One statement that answers any number of questions. */
  @FunctionalInterface
  interface BatchStatement<Q, A> {

    /** The answers, in the order of the questions. */
    List<A> execute(Connection connection, List<Q> questions) throws SQLException;
  }

  private record Task<Q, A>(
      BatchStatement<Q, A> statement, Q question, CompletableFuture<A> answer) {}

  /**
   * Asks a question.
   *
   * @param statement the same object for all questions that one execution may answer
   */
  @SuppressWarnings("unchecked") // A task is only ever executed with tasks of its own statement.
  <Q, A> CompletableFuture<A> submit(BatchStatement<Q, A> statement, Q question) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    Task<?, ?> task = new Task<>(statement, question, answer);
    waiting.add((Task<Object, Object>) task);
    if (closed) {
      cancelWaiting();
    }
    return answer;
  }

  /** Cancels every task that waits or is under way. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(NETWORK_TIMEOUT_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    cancelWaiting();
  }

  private void cancelWaiting() {
    for (Task<?, ?> task = waiting.poll(); task != null; task = waiting.poll()) {
      task.answer().completeExceptionally(cancelled());
    }
  }

  private static CancellationException cancelled() {
    return new CancellationException("the store is closed");
  }

  private void work() {
    try (Session session = new Session()) {
      List<Task<Object, Object>> batch = new ArrayList<>(MAX_BATCH);
      while (!closed) {
        batch.add(waiting.take());
        waiting.drainTo(batch, MAX_BATCH - 1);
        Map<BatchStatement<Object, Object>, List<Task<Object, Object>>> byStatement =
            batch.stream()
                .collect(
                    Collectors.groupingBy(
                        Task::statement, LinkedHashMap::new, Collectors.toList()));
        batch.clear();
        byStatement.forEach((statement, tasks) -> execute(session, statement, tasks));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed: the thread ends.
    }
  }

  private <Q, A> void execute(
      Session session, BatchStatement<Q, A> statement, List<Task<Q, A>> tasks) {
    List<Q> questions = tasks.stream().map(Task::question).toList();
    try {
      List<A> answers = attempt(session, statement, questions);
      for (int i = 0; i < tasks.size(); i++) {
        tasks.get(i).answer().complete(answers.get(i));
      }
    } catch (SQLException e) {
      if (tasks.size() == 1 || TransientFailure.is(e)) {
        tasks.forEach(task -> task.answer().completeExceptionally(e));
      } else {
        tasks.forEach(task -> execute(session, statement, List.of(task)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tasks.forEach(task -> task.answer().completeExceptionally(cancelled()));
    } catch (RuntimeException | Error e) {
      // The callers get the failure. Without its thread, later tasks would wait for ever.
      tasks.forEach(task -> task.answer().completeExceptionally(e));
    }
  }

  private <Q, A> List<A> attempt(Session session, BatchStatement<Q, A> statement, List<Q> questions)
      throws SQLException, InterruptedException {
    return retry.execute(
        () -> {
          try {
            return statement.execute(session.connection(), questions);
          } catch (SQLException e) {
            session.discard();
            throw e;
          }
        },
        (failure, pause) -> {
          if (closed) {
            throw new InterruptedException();
          }
          Thread.sleep(pause.toMillis());
          return true;
        });
  }

  /** A thread's connection, opened when needed. */
  private final class Session implements AutoCloseable {

    private Connection connection;

    Connection connection() throws SQLException {
      if (connection == null) {
        connection = connections.open();
        // A server that is gone without a word must not hold the thread for ever.
        connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MS);
      }
      return connection;
    }

    void discard() {
      Connection broken = connection;
      connection = null;
      if (broken != null) {
        try {
          broken.close();
        } catch (SQLException e) {
          // It is given up because of another fault, which the caller reports.
        }
      }
    }

    @Override
    public void close() {
      discard();
    }
  }
}
