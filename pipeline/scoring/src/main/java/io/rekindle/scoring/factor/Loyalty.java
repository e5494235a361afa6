package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import java.util.List;

/**
 * Points for the order days ever. Section {@code loyalty}: of {@code ORDER_DAYS_EVER}, {@code
 * tiers} ({@code fromCount}). The first tier begins at 1, since a user with a score has ordered.
 *
 * <p>"Ever" means all orders that count: the newest {@value OrderHistory#MAX_ORDERS} of a user.
 *
 * @param byOrderDays the points by the number of order days; they do not change with time
 */
record Loyalty(PointsFunction byOrderDays) implements FactorRule {

  private enum Measure {
    ORDER_DAYS_EVER
  }

  static Loyalty read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("of", "tiers");
    section.oneOf("of", List.of(Measure.values()));
    return new Loyalty(new PointsFunction.Tiered(TierReader.counts(section, 1)));
  }

  @Override
  public TierTable tiers() {
    return TierTable.NONE;
  }

  @Override
  public void load(UserFacts facts, TierCursor cursor) {
    cursor.setConstant(byOrderDays.points(facts.orderDaysEver()));
  }
}
