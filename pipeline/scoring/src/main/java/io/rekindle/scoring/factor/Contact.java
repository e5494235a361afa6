package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.orders.UserFacts;

/**
 * A deduction after the last contact. Section {@code contact}: {@code points} below zero, from the
 * last contact on for {@code withinDays}.
 *
 * @param tiers the points after, during and before that time
 */
record Contact(TierTable tiers, long withinMillis) implements FactorRule {

  /** The days in which the pipeline remembers the contact of a user who has left. */
  private static final int MAX_DAYS = 3_650;

  static Contact read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("points", "withinDays");
    double points = section.whole("points", -Limits.MAX_POINTS, -1);
    return new Contact(
        new TierTable(new long[3], new double[] {0, points, 0}),
        section.days("withinDays", Limits.MIN_ABOVE_ZERO, MAX_DAYS));
  }

  @Override
  public void load(UserFacts facts, TierCursor cursor) {
    cursor.clear();
    long from = facts.lastContactAt();
    if (from != UserFacts.NEVER) {
      cursor.addLevel(from + withinMillis);
      cursor.addLevel(from);
    }
  }

  @Override
  public boolean countsWithoutOrders() {
    return true;
  }
}
