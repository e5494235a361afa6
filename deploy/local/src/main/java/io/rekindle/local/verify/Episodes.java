package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The episodes of a user as the tables have them.
 *
 * @param open the number of episodes that are not closed
 * @param undecided the number of episodes without a decision, but for those that wait for the end
 *     of the day, when the emails go to the most value at stake
 */
record Episodes(int open, int undecided) {

  /** The episodes of every user who has one, by {@code user_id}. */
  static final String QUERY =
      """
      select user_id, count(*) filter (where closed_at is null)::int as open_episodes,
             count(*) filter (
               where decision_id is null
                 and (noticed_at < date_trunc('day', now(), 'UTC') or not exists (
                   select from engagement.outreach_settings where cap_order = 'VALUE_AT_STAKE')))::int
               as undecided_episodes
      from engagement.risk_episodes
      left join engagement.outreach_decisions using (episode_id, user_id)
      group by user_id""";

  /** Reads a row; a user without an episode has null, which counts as 0. */
  static Episodes read(ResultSet row) throws SQLException {
    return new Episodes(row.getInt("open_episodes"), row.getInt("undecided_episodes"));
  }

  /**
   * Returns the differences from what must be, as text; empty without differences. A user at risk
   * has one open episode, a user who has recovered none. In between both are right.
   */
  String differences(Score expected, ScoringPolicy policy) {
    List<String> differences = new ArrayList<>();
    if (expected.atRisk() && open != 1) {
      differences.add("%d episodes are open, not 1".formatted(open));
    } else if (open > 0
        && policy.recovered(expected.atRisk(), expected.scored(), expected.score())) {
      differences.add("%d episodes are open, not 0".formatted(open));
    } else if (open > 1) {
      differences.add("%d episodes are open, not at most 1".formatted(open));
    }
    if (undecided > 0) {
      differences.add("%d episodes have no decision".formatted(undecided));
    }
    return String.join("; ", differences);
  }
}
