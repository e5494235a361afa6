package io.rekindle.bench;

import io.rekindle.local.process.Wait;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Measures the time from a commit until its score can be read, on a running stack. It commits
 * orders of its own users at a steady rate and polls their scores. A user has at most one open
 * change, so a score as of its transaction or later includes the change.
 */
final class Freshness {

  /** The interval of polls. The measured times are too long by half of it on average. */
  static final Duration POLL = Duration.ofMillis(5);

  private static final String PREFIX = "bench-freshness-";
  private static final int USERS = 2_000;
  private static final int WRITERS = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** A committed change whose score is not visible yet, with both clocks. */
  private record Pending(long begunAtMillis, long committedAtNanos) {}

  private final DataSource database;
  private final Progress progress;
  private final BlockingQueue<String> free = new ArrayBlockingQueue<>(USERS);
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private final List<Long> nanos = new ArrayList<>();
  private final AtomicLong orders = new AtomicLong();
  private final AtomicBoolean done = new AtomicBoolean();

  Freshness(DataSource database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  /**
   * Times from commit to visible score in nanoseconds, one for each change.
   *
   * @param rate changes a second
   */
  long[] measure(int rate, Duration duration)
      throws SQLException, InterruptedException, ExecutionException {
    try (Connection connection = database.getConnection()) {
      try {
        createUsers(connection);
        run(connection, rate, duration);
      } finally {
        progress.step("removing the users of the measurement");
        remove(connection);
      }
    }
    return nanos.stream().mapToLong(Long::longValue).toArray();
  }

  private void run(Connection connection, int rate, Duration duration)
      throws SQLException, InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    long interval = 1_000_000_000L * WRITERS / rate;
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long first = begin + interval * writer / WRITERS;
        writing.add(
            writers.submit(
                () -> {
                  write(first, interval, end);
                  return null;
                }));
      }
      while (writing.stream().anyMatch(one -> !one.isDone())) {
        recordVisibleScores(connection);
      }
      for (Future<?> one : writing) {
        one.get();
      }
    } finally {
      done.set(true);
      writers.shutdownNow();
      writers.awaitTermination(1, TimeUnit.MINUTES);
    }
    Wait.until(
        () -> {
          recordVisibleScores(connection);
          return pending.isEmpty();
        },
        TIMEOUT,
        Duration.ZERO,
        () ->
            "%d changes had no score %d s after their commit: see `rekindle status`"
                .formatted(pending.size(), TIMEOUT.toSeconds()));
  }

  private void write(long first, long interval, long end)
      throws SQLException, InterruptedException {
    String sql =
        "insert into shop.orders (order_id, user_id, amount) values (?, ?, 10)"
            + " returning floor(extract(epoch from clock_timestamp()) * 1000)::bigint";
    try (Connection connection = database.getConnection();
        PreparedStatement insert = connection.prepareStatement(sql)) {
      connection.setAutoCommit(false);
      for (long at = first; at < end && !done.get(); at += interval) {
        LockSupport.parkNanos(at - System.nanoTime());
        String userId = free.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        if (userId == null) {
          throw new Failure("no change was scored for " + TIMEOUT.toSeconds() + " s");
        }
        insert.setString(1, PREFIX + orders.incrementAndGet());
        insert.setString(2, userId);
        long begunAt;
        try (ResultSet row = insert.executeQuery()) {
          row.next();
          begunAt = row.getLong(1);
        }
        connection.commit();
        pending.put(userId, new Pending(begunAt, System.nanoTime()));
      }
    }
  }

  /** Records the scores that became visible. */
  private void recordVisibleScores(Connection connection) throws SQLException {
    LockSupport.parkNanos(POLL.toNanos());
    String sql =
        "select user_id, floor(extract(epoch from as_of) * 1000)::bigint"
            + " from engagement.user_scores where user_id = any (?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", pending.keySet().toArray()));
      try (ResultSet row = statement.executeQuery()) {
        long now = System.nanoTime();
        while (row.next()) {
          Pending change = pending.get(row.getString(1));
          if (row.getLong(2) >= change.begunAtMillis()) {
            nanos.add(now - change.committedAtNanos());
            pending.remove(row.getString(1));
            free.add(row.getString(1));
          }
        }
      }
    }
    progress.count("measuring", nanos.size(), 0);
  }

  private void createUsers(Connection connection) throws SQLException, InterruptedException {
    progress.step("creating the users of the measurement");
    remove(connection);
    List<String> userIds = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      userIds.add(PREFIX + i);
    }
    String sql = "insert into shop.users (user_id) select unnest(?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", userIds.toArray()));
      statement.executeUpdate();
    }
    Wait.until(
        () -> scored(connection) == USERS,
        TIMEOUT,
        POLL,
        () -> "the pipeline does not score new users: see `rekindle status`");
    free.addAll(userIds);
  }

  private static int scored(Connection connection) throws SQLException {
    String sql = "select count(*) from engagement.user_scores where starts_with(user_id, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, PREFIX);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static void remove(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("delete from shop.orders where starts_with(order_id, '" + PREFIX + "')");
      statement.execute("delete from shop.users where starts_with(user_id, '" + PREFIX + "')");
    }
  }
}
