package io.rekindle.dashboard.background;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Something that is computed in the background and read from memory. Thread-safe.
 *
 * @param <T> immutable, and of a size that does not grow with the number of clients
 */
public final class CachedStatistic<T> {

  /**
   * How it is computed: in transactions that see one instant each. What is asked in one of them is
   * about the same tables, so that nobody who locks several of them is waited for in a circle.
   */
  @FunctionalInterface
  public interface Computation<T> {
    T compute(Connection connection, DutyCycle dutyCycle) throws SQLException;
  }

  /** How long a reader waits for the first value there ever is. */
  private static final Duration FIRST_VALUE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final Duration period;
  private final Computation<T> computation;
  private final Runnable onRead;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private volatile T value;

  /**
   * @param name what it is, for the log
   * @param period how old it gets at least before it is computed again
   * @param onRead called at every read
   */
  CachedStatistic(String name, Duration period, Computation<T> computation, Runnable onRead) {
    this.name = name;
    this.period = period;
    this.computation = computation;
    this.onRead = onRead;
  }

  String name() {
    return name;
  }

  Duration period() {
    return period;
  }

  /**
   * The last value that was computed.
   *
   * @throws NotYetComputedException if there has been none yet
   */
  public T get() {
    onRead.run();
    T last = value;
    return last != null ? last : awaitFirst();
  }

  /** Returns how long it worked. */
  long refresh(Connection connection) throws SQLException {
    DutyCycle dutyCycle =
        new DutyCycle(value != null); // For the first value there ever is, somebody waits.
    T next = computation.compute(connection, dutyCycle);
    lock.lock();
    try {
      value = next;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    return dutyCycle.workedNanos();
  }

  private T awaitFirst() {
    long left = FIRST_VALUE_TIMEOUT.toNanos();
    lock.lock();
    try {
      while (value == null) {
        if (left <= 0) {
          throw new NotYetComputedException("The statistics are being computed. Try again.");
        }
        left = arrived.awaitNanos(left);
      }
      return value;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotYetComputedException("The dashboard is stopping.");
    } finally {
      lock.unlock();
    }
  }

  /**
   * How long to wait until the next computation, so that at most a thirtieth of the time goes on
   * it: with all the numbers, less than a seventh of a core.
   */
  long pauseNanos(long workedNanos) {
    return Math.max(period.toNanos(), workedNanos * 29);
  }
}
