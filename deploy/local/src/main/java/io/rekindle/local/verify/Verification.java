package io.rekindle.local.verify;

import io.rekindle.local.terminal.Progress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Compares {@code engagement.user_scores} with scores recomputed from the shop's tables, and the
 * episodes and decisions with these scores, while the shop keeps changing.
 *
 * <p>A round takes a snapshot, waits until the pipeline has scored everything up to its instant,
 * and compares. A user with a later change is evaluated as of a later instant, which may not fit
 * the snapshot. A transaction may also get its time just before a snapshot and become visible just
 * after it. The next round therefore compares the differing users again. A user counts as different
 * after several differences without a change.
 *
 * <p>The job lets a user wait while orders older than a day are added. A difference of a user with
 * such an order therefore counts only if the user's orders were the same in all snapshots of the
 * quiet time. Users whose old orders keep coming are not compared.
 */
public final class Verification {

  /**
   * The result of a verification.
   *
   * @param checked the number of users on either side
   * @param loading the number of them whose older orders kept coming, who were not compared
   * @param differences the differences by user, in the order of their ids
   */
  public record Result(long checked, long loading, Map<String, String> differences) {}

  /** The number of differences without a change after which a user counts as different. */
  private static final int CONFIRMATIONS = 3;

  /** The number of rounds after which a user who always changes counts as different, too. */
  private static final int MAX_ROUNDS = 40;

  /** The age at its commit from which on an order may have been added afterwards. */
  private static final long BACKFILL_AGE_MS = Duration.ofDays(1).toMillis();

  /** The quiet times after which a user whose old orders keep coming is given up. */
  private static final int MAX_QUIET_TIMES = 3;

  private static final Duration MIN_PAUSE = Duration.ofMillis(50);

  private static final Duration MAX_PAUSE = Duration.ofSeconds(2);

  private static final String QUIET_TIME =
      "select extract(epoch from coalesce(max(backfill_quiet_time), interval '0')) * 1000"
          + " from engagement.pipeline_progress";

  private static final String SCORES =
      "select * from ("
          + StoredScore.QUERY
          + ") scores left join ("
          + Episodes.QUERY
          + ") episodes using (user_id)"
          + StoredScore.ORDER;

  /**
   * A user who differed in the last round.
   *
   * @param undisturbed the differences without a change of the score
   * @param mayWait whether the job may let the user wait, since some order is older than a day
   * @param orders a hash of the orders
   * @param sameSince the first instant at which a snapshot had these orders, epoch milliseconds
   */
  private record Suspect(
      String difference, int undisturbed, boolean mayWait, long orders, long sameSince) {

    boolean isConfirmed() {
      return undisturbed >= CONFIRMATIONS;
    }

    boolean isLoading(long instant, long quietMs) {
      return mayWait && instant < sameSince + quietMs;
    }
  }

  private final DataSource database;
  private final Duration timeout;
  private final Progress progress;

  /**
   * @param database connections of a role with read access to both schemas
   * @param timeout the longest time without progress of the pipeline
   */
  public Verification(DataSource database, Duration timeout, Progress progress) {
    this.database = database;
    this.timeout = timeout;
    this.progress = progress;
  }

  /**
   * Verifies every user.
   *
   * @throws io.rekindle.local.terminal.Failure if the pipeline makes no progress
   */
  public Result run() throws SQLException, InterruptedException {
    try (Connection shop = database.getConnection();
        Connection stored = database.getConnection()) {
      long quietMs = quietTime(stored);
      Round round = new Round(shop, stored, null, Map.of());
      Map<String, Suspect> suspects = round.run();
      long checked = round.checked;
      long giveUpAt = round.instant + MAX_QUIET_TIMES * quietMs;
      for (int disturbed = 1; disturbed < MAX_ROUNDS && !suspects.isEmpty(); ) {
        if (suspects.values().stream().allMatch(Suspect::isConfirmed)) {
          long loading = loading(suspects, round.instant, quietMs);
          if (loading == 0 || round.instant > giveUpAt) {
            break;
          }
          progress.step(
              "waiting for %,d users to whom orders older than a day may have been added"
                  .formatted(loading));
          Thread.sleep(pause(quietMs).toMillis());
        } else {
          progress.step(
              "looking again at %,d users who changed or differ".formatted(suspects.size()));
          disturbed++;
        }
        round = new Round(shop, stored, suspects.keySet(), suspects);
        suspects = round.run();
      }
      Map<String, String> differences = new LinkedHashMap<>();
      for (Map.Entry<String, Suspect> suspect : suspects.entrySet()) {
        if (!suspect.getValue().isLoading(round.instant, quietMs)) {
          differences.put(suspect.getKey(), suspect.getValue().difference());
        }
      }
      return new Result(checked, loading(suspects, round.instant, quietMs), differences);
    }
  }

  private static long loading(Map<String, Suspect> suspects, long instant, long quietMs) {
    return suspects.values().stream()
        .filter(suspect -> suspect.isLoading(instant, quietMs))
        .count();
  }

  /** The time between two rounds that wait for the end of the quiet time. */
  private static Duration pause(long quietMs) {
    Duration pause = Duration.ofMillis(quietMs / 20);
    if (pause.compareTo(MAX_PAUSE) > 0) {
      return MAX_PAUSE;
    }
    return pause.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : pause;
  }

  /** The quiet time of the job that writes the scores, in milliseconds. */
  private static long quietTime(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUIET_TIME)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** One snapshot, compared. */
  private final class Round {

    private final Connection shop;
    private final Connection stored;
    private final Collection<String> userIds;
    private final Map<String, Suspect> before;
    private final Map<String, Suspect> suspects = new LinkedHashMap<>();
    private long checked;

    /** The instant of the snapshot, epoch milliseconds. */
    private long instant;

    Round(
        Connection shop,
        Connection stored,
        Collection<String> userIds,
        Map<String, Suspect> before) {
      this.shop = shop;
      this.stored = stored;
      this.userIds = userIds;
      this.before = before;
    }

    Map<String, Suspect> run() throws SQLException, InterruptedException {
      try (ShopSnapshot snapshot = new ShopSnapshot(shop)) {
        instant = snapshot.instant();
        stored.setAutoCommit(true);
        new ScoredUntil(stored, timeout, progress).await(instant);
        stored.setAutoCommit(false);
        snapshot.open(userIds);
        try (UserRowCursor scores = new UserRowCursor(stored, SCORES, userIds)) {
          compare(snapshot, scores);
        } finally {
          stored.rollback();
        }
      }
      return suspects;
    }

    private void compare(ShopSnapshot snapshot, UserRowCursor scores) throws SQLException {
      SnapshotUser user = snapshot.next();
      while (user != null || scores.present()) {
        checked++;
        if (userIds == null) {
          progress.count("comparing users", checked, 0);
        }
        int order =
            user == null
                ? 1
                : scores.present()
                    ? ShopSnapshot.ByteOrder.compare(user.userId, scores.userId())
                    : -1;
        if (order < 0) {
          suspect(user.userId, "has no row in user_scores", true, user);
          user = snapshot.next();
          continue;
        }
        StoredScore score = StoredScore.read(scores.current());
        Episodes episodes = Episodes.read(scores.current());
        boolean undisturbed = score.asOf() <= instant;
        if (order > 0) {
          suspect(score.userId(), "is no user, but has a row in user_scores", undisturbed, null);
        } else {
          long at = Math.max(snapshot.instant(), score.asOf());
          SnapshotUser.Expected expected = user.expected(snapshot.scorer(), at);
          String differences =
              Stream.of(
                      ScoreComparison.differences(expected, score),
                      episodes.differences(expected.score(), snapshot.policy()))
                  .filter(difference -> !difference.isEmpty())
                  .collect(Collectors.joining("; "));
          if (!differences.isEmpty()) {
            String found = "as of %s: %s".formatted(Millis.show(score.asOf()), differences);
            String bound = user.bound();
            suspect(
                user.userId,
                bound.isEmpty() ? found : found + " (" + bound + ")",
                undisturbed,
                user);
          }
          user = snapshot.next();
        }
        scores.advance();
      }
    }

    /** Takes note of a difference; the user is null if the shop has none. */
    private void suspect(String userId, String difference, boolean undisturbed, SnapshotUser user) {
      Suspect last = before.get(userId);
      int times = undisturbed ? 1 + (last == null ? 0 : last.undisturbed()) : 0;
      long orders = user == null ? 0 : user.hashOfOrders();
      boolean same = last != null && last.orders() == orders;
      suspects.put(
          userId,
          new Suspect(
              difference,
              times,
              user != null && user.hasOrderBefore(instant - BACKFILL_AGE_MS),
              orders,
              same ? last.sameSince() : instant));
    }
  }
}
