package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.platform.jdbc.ConnectionFailure;
import io.rekindle.platform.jdbc.DatabaseRetry;
import io.rekindle.platform.jdbc.RefusedData;
import io.rekindle.platform.jdbc.TransientFailure;
import io.rekindle.platform.rest.Backoff;
import io.rekindle.scoring.Score;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subtask's connection to the database, which survives restarts of the database. A statement
 * that fails because the database is away is repeated until the timeout. A row whose values the
 * database refuses is found by halving the batch, and the others are stored. Any other failure is
 * final: a missing table or right concerns every row.
 *
 * <p>One thread uses it. Another thread may only call {@link #abort}.
 */
final class RetryingDatabase<T> {

  private static final Logger LOG = LoggerFactory.getLogger(RetryingDatabase.class);

  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final JdbcConnectionProvider connections;
  private final Duration retryTimeout;
  private final DatabaseRetry retry;
  private final int subtask;
  private final int parallelism;
  private final Tables<T> tables;

  RetryingDatabase(
      Tables<T> tables,
      JdbcConnectionProvider connections,
      Duration retryTimeout,
      int subtask,
      int parallelism) {
    this.tables = tables;
    this.connections = connections;
    this.retryTimeout = retryTimeout;
    this.retry = new DatabaseRetry(PAUSES, retryTimeout);
    this.subtask = subtask;
    this.parallelism = parallelism;
  }

  /**
   * Stores a batch by {@link Tables#store}.
   *
   * @return the dead letters of the rows that the database refused; mostly none
   * @throws IOException if the database refuses the statement, or is away for longer than the
   *     timeout
   */
  List<DeadLetter> store(Tables.Batch<T> batch, long watermark)
      throws IOException, InterruptedException {
    List<DeadLetter> refused = new ArrayList<>();
    store(batch, watermark, refused);
    return refused;
  }

  private void store(Tables.Batch<T> batch, long watermark, List<DeadLetter> refused)
      throws IOException, InterruptedException {
    try {
      retry.execute(
          () -> {
            storeOnce(batch, watermark);
            return null;
          },
          (failure, pause) -> {
            LOG.warn(
                "The database is away, trying again in {} ms: {}",
                pause.toMillis(),
                ConnectionFailure.reason(failure));
            Thread.sleep(pause.toMillis());
            return true;
          });
    } catch (SQLException e) {
      if (TransientFailure.is(e)) {
        throw new IOException(
            "The database was away for more than "
                + retryTimeout
                + ": "
                + ConnectionFailure.reason(e),
            e);
      }
      if (!RefusedData.is(e) || batch.rows() == 0) {
        throw new IOException("The database refuses what the job stores: " + e.getMessage(), e);
      }
      storeInParts(batch, watermark, e, refused);
    }
  }

  /** Stores all rows but those that the database refuses, and the progress after them. */
  private void storeInParts(
      Tables.Batch<T> batch, long watermark, SQLException refusal, List<DeadLetter> refused)
      throws IOException, InterruptedException {
    List<Tables.Batch<T>> parts = batch.parts();
    for (Tables.Batch<T> part : parts) {
      store(part, Score.NEVER, refused);
    }
    if (parts.isEmpty()) {
      DeadLetter letter = tables.deadLetter(batch, refusal);
      LOG.warn("{}", letter);
      refused.add(letter);
    }
    if (watermark != Score.NEVER) {
      store(tables.newBatch(), watermark, refused);
    }
  }

  private void storeOnce(Tables.Batch<T> batch, long watermark) throws SQLException {
    try {
      tables.store(connections.getOrEstablishConnection(), batch, watermark, subtask, parallelism);
    } catch (SQLException e) {
      // A refused row is an answer of the database, and its transaction is undone. After any other
      // failure the connection's state is unknown, so the next attempt gets a new one.
      if (!RefusedData.is(e) || e.getSuppressed().length > 0) {
        connections.closeConnection();
      }
      throw e;
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("The job's jar has no Postgres driver", e);
    }
  }

  /** Undoes a failed transaction. A second failure is added to the cause. */
  static void rollback(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException alsoFailed) {
      cause.addSuppressed(alsoFailed);
    }
  }

  /** Ends the present statement by closing its socket. */
  void abort() {
    Connection connection = connections.getConnection();
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("The connection was gone before it was aborted", e);
      }
    }
  }

  void close() {
    connections.closeConnection();
  }
}
