package io.rekindle.dashboard.background;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /** A reader waits this long for first values. */
  private static final Duration FIRST_VALUE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final Duration period;
  private final Computation<T> computation;
  private final Runnable onRead;
  private final CountDownLatch computed = new CountDownLatch(1);
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

  /**
   * Returns the last value; waits up to 5 s for the first one.
   *
   * @throws NotYetComputedException if the first value does not come in time
   */
  public T get() {
    awaitAll(this);
    return value;
  }

  /**
   * Waits until each of the statistics has a value: up to 5 s for all of them together.
   *
   * @throws NotYetComputedException if one of the first values does not come in time
   */
  public static void awaitAll(CachedStatistic<?>... statistics) {
    long deadline = System.nanoTime() + FIRST_VALUE_TIMEOUT.toNanos();
    for (CachedStatistic<?> statistic : statistics) {
      statistic.onRead.run();
      statistic.awaitFirst(deadline);
    }
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
    value = computation.compute(handle, dutyCycle);
    computed.countDown();
    return dutyCycle.workedNanos();
  }

  private void awaitFirst(long deadline) {
    try {
      if (value == null && !computed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new NotYetComputedException("The statistics are being computed. Try again.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotYetComputedException("The dashboard is stopping.");
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
