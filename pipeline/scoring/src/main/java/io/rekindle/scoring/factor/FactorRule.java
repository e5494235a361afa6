package io.rekindle.scoring.factor;

import io.rekindle.scoring.orders.UserFacts;

/** A policy's rule for one factor. Immutable; the cursor has everything of a user. */
public interface FactorRule {

  /** The points by level; {@link TierTable#NONE} if the points do not change with time. */
  TierTable tiers();

  /** Creates a cursor with room for the levels of any user. */
  default TierCursor cursor() {
    return new TierCursor(tiers());
  }

  /** Replaces the levels in a cursor by those of a user with an effective order. */
  void load(UserFacts facts, TierCursor cursor);

  /** Whether the factor also counts for a user without an effective order. */
  default boolean countsWithoutOrders() {
    return false;
  }
}
