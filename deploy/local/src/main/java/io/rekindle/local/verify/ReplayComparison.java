package io.rekindle.local.verify;

import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.Score;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Compares the results of two jobs from the same topics: all settled rows of {@code user_scores}
 * and {@code score_history}.
 */
public final class ReplayComparison {

  private static final String SCORES = StoredScore.QUERY + StoredScore.ORDER;

  /** Only of existing users, since an erasure deletes the history without an event. */
  private static final String HISTORY =
      "select user_id, to_jsonb(h) - 'revision' as row, "
          + Millis.sql("h.as_of")
          + " as as_of from engagement.score_history h"
          + " join engagement.user_scores using (user_id)"
          + " where coalesce(user_id = any (?), true)"
          + " order by user_id collate \"C\", h.as_of, h.revision";

  /**
   * The result of a comparison.
   *
   * @param users the number of compared users
   * @param history the number of compared rows of history
   * @param changing the number of users with changes meanwhile, who were not compared
   * @param differences the differences by user, in the order of their ids
   */
  public record Result(long users, long history, long changing, Map<String, String> differences) {}

  private final DataSource live;
  private final DataSource shadow;
  private final Duration timeout;
  private final Progress progress;

  /**
   * @param live connections of a role with read access to the results of the stack's job
   * @param shadow connections to the database of the second job
   * @param timeout the longest time without progress of either job
   */
  public ReplayComparison(DataSource live, DataSource shadow, Duration timeout, Progress progress) {
    this.live = live;
    this.shadow = shadow;
    this.timeout = timeout;
    this.progress = progress;
  }

  /**
   * Waits until the shadow has reached the present watermark of the other job, and compares.
   *
   * @throws Failure if the shadow makes no progress
   */
  public Result compare() throws SQLException, InterruptedException {
    try (Connection one = live.getConnection();
        Connection other = shadow.getConnection()) {
      long until = new ScoredUntil(one, timeout, progress).reached();
      if (until == Score.NEVER) {
        throw new Failure("the stack has no scores yet that could be compared");
      }
      new ScoredUntil(other, timeout, progress).await(until);
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      one.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try {
        return new Run(until).run(one, other);
      } finally {
        one.rollback();
        other.rollback();
      }
    }
  }

  private final class Run {

    private final long until;
    private final Map<String, String> differences = new LinkedHashMap<>();
    private long users;
    private long history;
    private long changing;

    Run(long until) {
      this.until = until;
    }

    Result run(Connection one, Connection other) throws SQLException {
      try (UserRowCursor stored = new UserRowCursor(one, SCORES, null);
          UserRowCursor replayed = new UserRowCursor(other, SCORES, null)) {
        merge(stored, replayed, this::compareScores);
      }
      try (UserRowCursor stored = new UserRowCursor(one, HISTORY, null);
          UserRowCursor replayed = new UserRowCursor(other, HISTORY, null)) {
        merge(stored, replayed, this::compareHistory);
      }
      return new Result(users, history, changing, differences);
    }

    private void merge(UserRowCursor stored, UserRowCursor replayed, Pair pair)
        throws SQLException {
      while (stored.present() || replayed.present()) {
        int order =
            !stored.present()
                ? 1
                : !replayed.present()
                    ? -1
                    : ShopSnapshot.ByteOrder.compare(stored.userId(), replayed.userId());
        String user = order <= 0 ? stored.userId() : replayed.userId();
        pair.compare(user, order <= 0 ? stored : null, order >= 0 ? replayed : null);
      }
    }

    /** Takes one row of each that is given. */
    private void compareScores(String user, UserRowCursor stored, UserRowCursor replayed)
        throws SQLException {
      progress.count("comparing users", ++users, 0);
      StoredScore one = score(stored);
      StoredScore other = score(replayed);
      if (isLater(one) || isLater(other)) {
        users--;
        changing++;
      } else if (!Objects.equals(one, other)) {
        differences.put(user, "stored %s, replayed %s".formatted(one, other));
      }
    }

    private StoredScore score(UserRowCursor rows) throws SQLException {
      if (rows == null) {
        return null;
      }
      StoredScore score = StoredScore.read(rows.current());
      rows.advance();
      return score;
    }

    private boolean isLater(StoredScore score) {
      return score != null && score.asOf() > until;
    }

    /** Reads all rows of the user. */
    private void compareHistory(String user, UserRowCursor stored, UserRowCursor replayed)
        throws SQLException {
      List<String> one = rows(user, stored);
      List<String> other = rows(user, replayed);
      history += Math.max(one.size(), other.size());
      for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
        String left = i < one.size() ? one.get(i) : "nothing";
        String right = i < other.size() ? other.get(i) : "nothing";
        if (!left.equals(right)) {
          differences.putIfAbsent(user, "history: stored %s, replayed %s".formatted(left, right));
          return;
        }
      }
    }

    private List<String> rows(String user, UserRowCursor rows) throws SQLException {
      List<String> found = new ArrayList<>();
      while (rows != null && rows.present() && rows.userId().equals(user)) {
        ResultSet row = rows.current();
        if (row.getLong("as_of") <= until) {
          found.add(row.getString("row"));
        }
        rows.advance();
      }
      return found;
    }
  }

  @FunctionalInterface
  private interface Pair {
    void compare(String user, UserRowCursor stored, UserRowCursor replayed) throws SQLException;
  }
}
