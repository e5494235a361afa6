package io.rekindle.dashboard.background;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that computes all numbers, one after the other on a connection of its own, each as
 * often as it may without taking more than a thirtieth of the time. While nobody reads it slows
 * down.
 *
 * <p>If a computation fails the last value stays, with its own asOf.
 */
public final class StatisticsRefresher implements AutoCloseable {

  /** Opens a connection on which a statement may take long. */
  @FunctionalInterface
  public interface ConnectionSource {
    Connection connect() throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(StatisticsRefresher.class);
  private static final Duration IDLE_AFTER = Duration.ofMinutes(2);
  private static final Duration IDLE_PERIOD = Duration.ofMinutes(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(2);

  private final ConnectionSource connections;
  private final List<ScheduledStatistic> entries = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "statistics");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private boolean closed;
  private long lastRead = System.nanoTime();
  private boolean slow;

  private static final class ScheduledStatistic {
    final CachedStatistic<?> statistic;
    long due = System.nanoTime();

    ScheduledStatistic(CachedStatistic<?> statistic) {
      this.statistic = statistic;
    }
  }

  public StatisticsRefresher(ConnectionSource connections) {
    this.connections = connections;
    thread.setDaemon(true);
  }

  /** To be called before {@link #start()}. */
  public <T> CachedStatistic<T> add(
      String name, Duration period, CachedStatistic.Computation<T> computation) {
    CachedStatistic<T> statistic = new CachedStatistic<>(name, period, computation, this::noteRead);
    entries.add(new ScheduledStatistic(statistic));
    return statistic;
  }

  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }

  private void noteRead() {
    lock.lock();
    try {
      lastRead = System.nanoTime();
      if (slow) {
        slow = false;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Connection connection = null;
    try {
      ScheduledStatistic next = awaitDue();
      while (next != null) {
        long pause;
        try {
          if (connection == null) {
            connection = open();
          }
          long worked = next.statistic.refresh(connection);
          connection.rollback();
          pause = next.statistic.pauseNanos(worked);
        } catch (SQLException | RuntimeException e) {
          LOG.debug("{} stays as it is", next.statistic.name(), e);
          close(connection);
          connection = null;
          pause = AFTER_FAILURE.toNanos();
        }
        next.due = System.nanoTime() + pause;
        next = awaitDue();
      }
    } finally {
      close(connection);
    }
  }

  private Connection open() throws SQLException {
    Connection connection = connections.connect();
    try (Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      statement.execute("set statement_timeout = " + STATEMENT_TIMEOUT.toMillis());
      statement.execute("set time zone 'UTC'");
      // What is counted in the background leaves a core to those who wait.
      statement.execute("set max_parallel_workers_per_gather = 0");
      // A count sees one instant, in however many steps it is made.
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw e;
    }
  }

  /** Null once closed. */
  private ScheduledStatistic awaitDue() {
    lock.lock();
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
        changed.await(left, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Only close() interrupts.
    } finally {
      lock.unlock();
    }
    return null;
  }

  private static void close(Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("A connection that is given up was broken", e);
      }
    }
  }
}
