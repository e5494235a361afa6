package io.rekindle.local.verify;

import io.rekindle.local.terminal.Progress;
import java.sql.Connection;
import java.sql.SQLException;
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
 */
public final class Verification {

  /**
   * The result of a verification.
   *
   * @param checked the number of users on either side
   * @param differences the differences by user, in the order of their ids
   */
  public record Result(long checked, Map<String, String> differences) {}

  /** The number of differences without a change after which a user counts as different. */
  private static final int CONFIRMATIONS = 3;

  /** The number of rounds after which a user who always changes counts as different, too. */
  private static final int MAX_ROUNDS = 40;

  private static final String SCORES =
      "select * from ("
          + StoredScore.QUERY
          + ") scores left join ("
          + Episodes.QUERY
          + ") episodes using (user_id)"
          + StoredScore.ORDER;

  /** A user who differed in the last round. */
  private record Suspect(String difference, int undisturbed) {}

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
      Round first = new Round(shop, stored, null, Map.of());
      Map<String, Suspect> suspects = first.run();
      for (int round = 2; round <= MAX_ROUNDS && isAnyOpen(suspects); round++) {
        progress.step(
            "looking again at %,d users who changed or differ".formatted(suspects.size()));
        suspects = new Round(shop, stored, suspects.keySet(), suspects).run();
      }
      Map<String, String> differences = new LinkedHashMap<>();
      suspects.forEach((userId, suspect) -> differences.put(userId, suspect.difference()));
      return new Result(first.checked, differences);
    }
  }

  private static boolean isAnyOpen(Map<String, Suspect> suspects) {
    return suspects.values().stream().anyMatch(suspect -> suspect.undisturbed() < CONFIRMATIONS);
  }

  /** One snapshot, compared. */
  private final class Round {

    private final Connection shop;
    private final Connection stored;
    private final Collection<String> userIds;
    private final Map<String, Suspect> before;
    private final Map<String, Suspect> suspects = new LinkedHashMap<>();
    private long checked;

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
        stored.setAutoCommit(true);
        new ScoredUntil(stored, timeout, progress).await(snapshot.instant());
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
          suspect(user.userId, "has no row in user_scores", true);
          user = snapshot.next();
          continue;
        }
        StoredScore score = StoredScore.read(scores.current());
        Episodes episodes = Episodes.read(scores.current());
        boolean undisturbed = score.asOf() <= snapshot.instant();
        if (order > 0) {
          suspect(score.userId(), "is no user, but has a row in user_scores", undisturbed);
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
            suspect(user.userId, bound.isEmpty() ? found : found + " (" + bound + ")", undisturbed);
          }
          user = snapshot.next();
        }
        scores.advance();
      }
    }

    private void suspect(String userId, String difference, boolean undisturbed) {
      Suspect last = before.get(userId);
      int times = undisturbed ? 1 + (last == null ? 0 : last.undisturbed()) : 0;
      suspects.put(userId, new Suspect(difference, times));
    }
  }
}
