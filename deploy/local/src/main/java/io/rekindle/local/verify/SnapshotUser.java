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

  /** The score by the orders alone. */
  Score computed(Scorer scorer, long asOf) {
    return scorer.score(orders, asOf, lastContactAt);
  }

  /** The score that counts: the computed one, or the override's. */
  Score score(Scorer scorer, long asOf) {
    Score computed = computed(scorer, asOf);
    return isOverridden(asOf)
        ? scorer.overridden(computed, overrideScore, overrideSetAt, overrideExpiresAt)
        : computed;
  }

  boolean isOverridden(long asOf) {
    return hasOverride && asOf < overrideExpiresAt;
  }
}
