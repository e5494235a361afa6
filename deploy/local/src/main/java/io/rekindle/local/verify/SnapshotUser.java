package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;

/**
 * The inputs of a user's score from the tables of shop and engagement. The object is reused for the
 * next user of a snapshot.
 */
final class SnapshotUser {

  final OrderTable orders = new OrderTable();
  String userId;

  /**
   * Whether the user has a row in {@code score_overrides}. Without one, the next three fields have
   * no meaning.
   */
  boolean hasOverride;

  int overrideScore;
  long overrideSetAt;
  long overrideExpiresAt;
  long lastContactAt = Score.NEVER;

  Score score(Scorer scorer, long asOf) {
    Score computed = scorer.score(orders, asOf, lastContactAt);
    return hasOverride && asOf < overrideExpiresAt
        ? scorer.overridden(computed, overrideScore, overrideSetAt, overrideExpiresAt)
        : computed;
  }
}
