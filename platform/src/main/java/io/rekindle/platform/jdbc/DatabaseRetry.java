package io.rekindle.platform.jdbc;

import io.rekindle.platform.rest.Backoff;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Repeats a statement that fails because the database is away, until a time limit. Any other
 * failure is thrown at once. Immutable and thread-safe.
 */
public final class DatabaseRetry {

  private final Backoff pauses;
  private final Duration limit;

  /**
   * Creates a retry with a limit.
   *
   * @param limit the time of repeats from the first attempt on; the last attempt starts at the
   *     limit
   */
  public DatabaseRetry(Backoff pauses, Duration limit) {
    this.pauses = pauses;
    this.limit = limit;
  }

  /** Creates a retry that goes on for as long as the database is away. */
  public static DatabaseRetry unlimited(Duration pause) {
    return new DatabaseRetry(new Backoff(pause, pause), Duration.ofSeconds(Long.MAX_VALUE));
  }

  /** A statement, or several that are repeated together. */
  @FunctionalInterface
  public interface Statement<R> {

    /** Executes it once, on a connection without a known fault. */
    R execute() throws SQLException;
  }

  /**
   * Waits between two attempts.
   *
   * @param <X> thrown if the wait is interrupted
   */
  @FunctionalInterface
  public interface Pause<X extends Exception> {

    /**
     * Waits.
     *
     * @param failure of the attempt before
     * @return false to give up
     */
    boolean await(SQLException failure, Duration duration) throws X;
  }

  /**
   * Executes the statement until it succeeds.
   *
   * @throws SQLException the last failure, if it is not transient, the limit is reached or the
   *     pause gives up
   */
  public <R, X extends Exception> R execute(Statement<R> statement, Pause<X> pause)
      throws SQLException, X {
    long started = System.nanoTime();
    for (int failures = 1; ; failures++) {
      try {
        return statement.execute();
      } catch (SQLException e) {
        Duration left = limit.minusNanos(System.nanoTime() - started);
        if (!TransientFailure.is(e) || left.isNegative() || left.isZero()) {
          throw e;
        }
        Duration next = pauses.after(failures);
        if (!pause.await(e, next.compareTo(left) < 0 ? next : left)) {
          throw e;
        }
      }
    }
  }
}
