package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;

/**
 * The inputs of a user's score from the tables of shop and engagement. The object is reused for the
 * next user of a snapshot.
 */
final class SnapshotUser {

  /** The orders that count. */
  final OrderTable orders = new OrderTable();

  /** The number of orders that are too old to count. */
  int olderOrders;

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

  /**
   * What {@code user_scores} must have.
   *
   * @param computed the score by the orders alone
   * @param score the score that counts: the computed one, or the override's
   * @param lastContactAt epoch milliseconds, or {@link Score#NEVER}
   */
  record Expected(Score computed, Score score, boolean overridden, long lastContactAt) {}

  /** A number that differs, most likely, if the orders differ. */
  long hashOfOrders() {
    long hash = olderOrders;
    for (int i = 0; i < orders.size(); i++) {
      hash = 31 * hash + orders.placedAt(i);
      hash = 31 * hash + orders.netMinor(i);
      hash = 31 * hash + orders.currency(i);
    }
    return hash;
  }

  /** Whether any order was placed before an instant, epoch milliseconds. */
  boolean hasOrderBefore(long before) {
    return orders.size() > 0 && (olderOrders > 0 || orders.placedAt(0) < before);
  }

  /** Names the bound of orders for a difference; empty for a user within it. */
  String bound() {
    return olderOrders == 0
        ? ""
        : "the user has %,d orders, of which the newest %,d count"
            .formatted(orders.size() + olderOrders, orders.size());
  }

  Expected expected(Scorer scorer, long asOf) {
    Score computed = scorer.score(orders, asOf, lastContactAt);
    boolean overridden = hasOverride && asOf < overrideExpiresAt;
    Score score =
        overridden
            ? scorer.overridden(computed, overrideScore, overrideSetAt, overrideExpiresAt)
            : computed;
    return new Expected(computed, score, overridden, lastContactAt);
  }
}
