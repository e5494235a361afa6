package io.rekindle.scoring.factor;

import io.rekindle.scoring.orders.UserFacts;

/** How a policy counts one factor. Immutable; the cursor holds all that belongs to a user. */
public interface FactorRule {

  /** A new cursor with room for the levels of any user. */
  TierCursor cursor();

  /** Replaces the levels in a cursor by those of a user, who has an effective order. */
  void load(UserFacts facts, TierCursor cursor);

  /** Whether a user without an effective order is counted, too. */
  default boolean countsWithoutOrders() {
    return false;
  }
}
