package io.rekindle.dashboard.background;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread computes all statistics, one after the other, on its own connection. Each is computed
 * as often as a thirtieth of the time allows. The thread slows down while no statistic is read.
 *
 * <p>If a computation fails, the last value stays, with its own asOf. Thread-safe.
 */
public final class StatisticsRefresher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatisticsRefresher.class);
  private static final Duration IDLE_AFTER = Duration.ofMinutes(2);
  private static final Duration IDLE_PERIOD = Duration.ofMinutes(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  /** Gives the statistics of the first page the time to be computed first. */
  private static final Duration LATER = Duration.ofSeconds(3);

  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(2);

  private final Jdbi jdbi;
  private final List<ScheduledStatistic> entries = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "statistics");

  // Guarded by this.
  private boolean closed;
  private long lastRead = System.nanoTime();
  private boolean slow;

  private static final class ScheduledStatistic {
    final CachedStatistic<?> statistic;
    long due = System.nanoTime();

    ScheduledStatistic(CachedStatistic<?> statistic, Duration after) {
      this.statistic = statistic;
      this.due += after.toNanos();
    }
  }

  /**
   * Creates the thread, which begins with {@link #start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public StatisticsRefresher(Jdbi jdbi) {
    this.jdbi = jdbi;
    thread.setDaemon(true);
  }

  /** Adds a statistic; to be called before {@link #start()}. */
  public <T> CachedStatistic<T> add(
      String name, Duration period, CachedStatistic.Computation<T> computation) {
    return add(name, period, Duration.ZERO, computation);
  }

  /** The same for a statistic that the first page does not need. */
  public <T> CachedStatistic<T> addLater(
      String name, Duration period, CachedStatistic.Computation<T> computation) {
    return add(name, period, LATER, computation);
  }

  private <T> CachedStatistic<T> add(
      String name, Duration period, Duration after, CachedStatistic.Computation<T> computation) {
    CachedStatistic<T> statistic = new CachedStatistic<>(name, period, computation, this::noteRead);
    entries.add(new ScheduledStatistic(statistic, after));
    return statistic;
  }

  /** Begins to compute. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
  }

  private synchronized void noteRead() {
    lastRead = System.nanoTime();
    if (slow) {
      slow = false;
      notifyAll();
    }
  }

  private void run() {
    Handle handle = null;
    try {
      ScheduledStatistic next = awaitDue();
      while (next != null) {
        long pause;
        try {
          if (handle == null) {
            handle = open();
          }
          pause = next.statistic.pauseNanos(next.statistic.refresh(handle));
        } catch (RuntimeException e) {
          LOG.debug("{} stays as it is", next.statistic.name(), e);
          close(handle);
          handle = null;
          pause = AFTER_FAILURE.toNanos();
        }
        next.due = System.nanoTime() + pause;
        next = awaitDue();
      }
    } finally {
      close(handle);
    }
  }

  private Handle open() {
    Handle handle = jdbi.open();
    try {
      handle.execute("set statement_timeout = " + STATEMENT_TIMEOUT.toMillis());
      handle.execute("set time zone 'UTC'");
      // Leaves a core to the requests.
      handle.execute("set max_parallel_workers_per_gather = 0");
      // A transaction sees one instant, in however many steps it counts.
      handle.execute(
          "set session characteristics as transaction isolation level repeatable read, read only");
      return handle;
    } catch (RuntimeException e) {
      close(handle);
      throw e;
    }
  }

  /** Waits for the next statistic that is due; null once closed. */
  private synchronized ScheduledStatistic awaitDue() {
    try {
      while (!closed) {
        ScheduledStatistic next =
            entries.stream().min(Comparator.comparingLong(entry -> entry.due)).orElseThrow();
        long now = System.nanoTime();
        slow = now - lastRead > IDLE_AFTER.toNanos();
        long left = next.due - now + (slow ? IDLE_PERIOD.toNanos() : 0);
        if (left <= 0) {
          return next;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Only close() interrupts.
    }
    return null;
  }

  private static void close(Handle handle) {
    if (handle != null) {
      try {
        handle.close();
      } catch (JdbiException e) {
        LOG.debug("A connection that is given up was broken", e);
      }
    }
  }
}
