package io.rekindle.job.sink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subtask's way to the database, which outlives the database's restarts: what fails because the
 * database is away is tried again until the timeout, what fails for any other reason fails at once.
 *
 * <p>Used by one thread; only {@link #abort} may be called by another.
 */
final class RetryingDatabase<T> {

  private static final Logger LOG = LoggerFactory.getLogger(RetryingDatabase.class);

  private static final long FIRST_PAUSE_MS = 100;
  private static final long MAX_PAUSE_MS = 5_000;

  private final JdbcConnectionProvider connections;
  private final Duration retryTimeout;
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
    this.subtask = subtask;
    this.parallelism = parallelism;
  }

  /**
   * Stores a batch, as {@link Tables#store}.
   *
   * @throws IOException if the database refuses it, or is away for longer than the timeout
   */
  void store(Tables.Batch<T> batch, long watermark) throws IOException, InterruptedException {
    long giveUpAt = System.nanoTime() + retryTimeout.toNanos();
    long pause = FIRST_PAUSE_MS;
    while (true) {
      try {
        tables.store(
            connections.getOrEstablishConnection(), batch, watermark, subtask, parallelism);
        return;
      } catch (SQLException e) {
        // After any failure the connection's state is unknown, so the next attempt gets a new one.
        connections.closeConnection();
        if (!isTransient(e)) {
          throw new IOException("The database refuses what the job stores: " + e.getMessage(), e);
        }
        if (System.nanoTime() - giveUpAt > 0) {
          throw new IOException(
              "The database was away for more than " + retryTimeout + ": " + e.getMessage(), e);
        }
        LOG.warn("The database is away, trying again in {} ms: {}", pause, e.getMessage());
      } catch (ClassNotFoundException e) {
        throw new IOException("The job's jar has no Postgres driver", e);
      }
      Thread.sleep(pause);
      pause = Math.min(2 * pause, MAX_PAUSE_MS);
    }
  }

  /** Undoes a transaction that failed; should that fail, too, the failure tells of both. */
  static void rollback(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException alsoFailed) {
      cause.addSuppressed(alsoFailed);
    }
  }

  /**
   * Whether it may go well another time: connection trouble (class 08), a database that starts,
   * stops or fails over (57P, 25006), is out of resources (53) or ended a deadlock (40).
   */
  static boolean isTransient(SQLException e) {
    String state = e.getSQLState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("53")
        || state.startsWith("40")
        || state.equals("25006");
  }

  /** Ends whatever statement is under way by closing its socket. */
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
