package io.rekindle.local.verify;

import io.rekindle.scoring.OrderTable;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;

/**
 * All that a user's score follows from, as the shop's and our own tables have it. Used again for
 * the next user of a snapshot.
 */
final class SnapshotUser {

  final OrderTable orders = new OrderTable();
  String userId;

  /** Whether there is a row in score_overrides; if not, the three after it mean nothing. */
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
