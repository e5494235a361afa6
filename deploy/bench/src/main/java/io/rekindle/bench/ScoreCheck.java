package io.rekindle.bench;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import javax.sql.DataSource;

/** Compares the stored scores with the scores of a {@link BulkStream}'s orders. */
final class ScoreCheck {

  private static final int FETCH = 10_000;
  private static final int SHOWN = 10;

  private static final String SCORES =
      """
      select user_id, score, band, segment, at_risk, order_count, average_order_value,
        coalesce((extract(epoch from next_change_at) * 1000)::bigint, %d) as next_change_at,
        (extract(epoch from as_of) * 1000)::bigint as as_of, policy_version
      from engagement.user_scores
      """
          .formatted(Score.NEVER);

  /** Episodes that do not fit their score, and those without a decision. */
  private static final String EPISODES =
      """
      select (
        select count(*) from engagement.user_scores s
        left join (
          select user_id, count(*) as open from engagement.risk_episodes
          where closed_at is null group by user_id) e using (user_id)
        where s.at_risk and coalesce(e.open, 0) <> 1 or e.open > 1
      ) + (
        select count(*) from engagement.risk_episodes e
        where not exists (
          select 1 from engagement.outreach_decisions d where d.episode_id = e.episode_id))
      """;

  private final BulkStream stream;
  private final Scorer scorer;
  private final String policy;
  private final OrderTable orders = new OrderTable();

  /**
   * @param policy the name of the policy in the table
   */
  ScoreCheck(BulkStream stream, ScoringPolicy scoringPolicy, String policy) {
    this.stream = stream;
    this.scorer = new Scorer(scoringPolicy);
    this.policy = policy;
  }

  /** Returns the number of users and episodes that differ, and prints some of them. */
  long differences(DataSource database, int users, PrintWriter out) throws SQLException {
    long differences = 0;
    BitSet seen = new BitSet(users);
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(FETCH);
        try (ResultSet row = statement.executeQuery(SCORES)) {
          while (row.next()) {
            int user = DebeziumMessages.user(row.getString("user_id"));
            seen.set(user);
            String difference = difference(user, row);
            if (difference != null && ++differences <= SHOWN) {
              out.println("  " + row.getString("user_id") + ": " + difference);
            }
          }
        }
        try (ResultSet row = statement.executeQuery(EPISODES)) {
          row.next();
          if (row.getLong(1) > 0) {
            out.printf("  %,d episodes differ%n", row.getLong(1));
            differences += row.getLong(1);
          }
        }
      }
    }
    return differences + users - seen.cardinality();
  }

  /** Returns the first difference of a row; null without one. */
  private String difference(int user, ResultSet row) throws SQLException {
    stream.tableOf(user, orders);
    Score expected = scorer.score(orders, row.getLong("as_of"), Score.NEVER);
    if (!row.getString("policy_version").equals(policy)) {
      return "scored by " + row.getString("policy_version");
    } else if (row.getInt("order_count") != expected.orderCount()) {
      return row.getInt("order_count") + " orders";
    } else if (differ(row.getBigDecimal("score"), expected.scoreDecimal())
        || differ(row.getBigDecimal("average_order_value"), expected.averageOrderValue())) {
      return "score %s, not %s".formatted(row.getBigDecimal("score"), expected.scoreDecimal());
    } else if (!row.getString("band").equals(expected.band().name())
        || !row.getString("segment").equals(expected.segment().name())
        || row.getBoolean("at_risk") != expected.atRisk()
        || row.getLong("next_change_at") != expected.nextChange()) {
      return "another band, segment, risk or next change";
    }
    return null;
  }

  private static boolean differ(BigDecimal stored, BigDecimal expected) {
    if (stored == null) {
      return expected != null;
    }
    return expected == null || stored.compareTo(expected) != 0;
  }
}
