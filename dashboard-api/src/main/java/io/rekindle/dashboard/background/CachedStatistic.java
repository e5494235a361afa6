package io.rekindle.dashboard.background;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;

/**
 * A value that is computed in the background and read from memory. Thread-safe.
 *
 * @param <T> immutable, and of a size that does not grow with the number of clients
 */
public final class CachedStatistic<T> {

  /**
   * Computes the value in transactions that see one instant each. A transaction reads few tables,
   * so that it cannot deadlock with a migration that locks several of them.
   */
  @FunctionalInterface
  public interface Computation<T> {

    /** Computes the value; the handle is outside a transaction. */
    T compute(Handle handle, DutyCycle dutyCycle);
  }

  /** A reader waits so long for the first value. */
  private static final Duration FIRST_VALUE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final Duration period;
  private final Computation<T> computation;
  private final Runnable onRead;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private volatile T value;

  /**
   * Creates a statistic without a value.
   *
   * @param name for the log
   * @param period age at which the value is computed again, at the earliest
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
   * Returns the last value; waits up to 5 s for the first one.
   *
   * @throws NotYetComputedException if the first value does not come in time
   */
  public T get() {
    onRead.run();
    T last = value;
    return last != null ? last : awaitFirst();
  }

  /** Returns the last value without waiting; empty if there is none yet. */
  public Optional<T> ifComputed() {
    onRead.run();
    return Optional.ofNullable(value);
  }

  /** Computes the value and returns how many nanoseconds that took without the rests. */
  long refresh(Handle handle) {
    // Readers wait for the first value, so its computation does not rest.
    DutyCycle dutyCycle = new DutyCycle(value != null);
    T next = computation.compute(handle, dutyCycle);
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
   * Returns the pause until the next computation. A statistic takes at most a thirtieth of the
   * time, and all of them together less than a seventh of a core.
   */
  long pauseNanos(long workedNanos) {
    return Math.max(period.toNanos(), workedNanos * 29);
  }
}
