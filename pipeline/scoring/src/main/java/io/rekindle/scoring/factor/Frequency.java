package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.orders.UserFacts;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Points for the number of orders. Section {@code frequency}: of {@code ORDER_DAYS_IN_WINDOW}, or
 * of {@code ORDERS_EVER}, which counts effective orders. Either {@code tiers} ({@code fromCount}),
 * or {@code linear}: min({@code points}, {@code points} &middot; (count / {@code fullAt})).
 */
public final class Frequency {

  private enum Measure {
    ORDER_DAYS_IN_WINDOW,
    ORDERS_EVER
  }

  private Frequency() {}

  static FactorRule read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("of", "tiers", "linear");
    return switch (section.oneOf("of", List.of(Measure.values()))) {
      case ORDER_DAYS_IN_WINDOW -> new OfOrderDays(orderDaysTiers(section));
      case ORDERS_EVER -> new OfOrders(ordersFunction(section));
    };
  }

  /**
   * By the order days in the window.
   *
   * @param tiers thresholds in order days
   */
  public record OfOrderDays(TierTable tiers) implements FactorRule {

    @Override
    public void load(UserFacts facts, TierCursor cursor) {
      cursor.clear();
      for (int level = 1; level < tiers.levels(); level++) {
        long days = tiers.threshold(level);
        if (days > facts.orderDaysEver()) {
          return;
        }
        cursor.addLevel(facts.dayLeavesWindowAt((int) days - 1));
      }
    }
  }

  /** By the effective orders ever, which do not change with time. */
  private record OfOrders(PointsFunction function) implements FactorRule {

    @Override
    public TierTable tiers() {
      return TierTable.NONE;
    }

    @Override
    public void load(UserFacts facts, TierCursor cursor) {
      cursor.setConstant(function.points(facts.orderCount()));
    }
  }

  private static TierTable orderDaysTiers(JsonSection section) throws InvalidPolicyException {
    if (!TierReader.isLinear(section)) {
      return TierReader.counts(section, 0);
    }
    PointsFunction function = linear(section);
    // Order days are whole, so a tier table with a threshold for each is the line.
    long fullAt = section.section("linear").whole("fullAt", 1, Limits.MAX_COUNT);
    long[] thresholds = LongStream.rangeClosed(0, fullAt).toArray();
    return new TierTable(
        thresholds, LongStream.of(thresholds).mapToDouble(function::points).toArray());
  }

  private static PointsFunction ordersFunction(JsonSection section) throws InvalidPolicyException {
    return TierReader.isLinear(section)
        ? linear(section)
        : new PointsFunction.Tiered(TierReader.counts(section, 0));
  }

  private static PointsFunction linear(JsonSection section) throws InvalidPolicyException {
    JsonSection linear = section.section("linear").allowOnly("points", "fullAt");
    return new PointsFunction.Linear(
        linear.whole("points", 0, Limits.MAX_POINTS), linear.whole("fullAt", 1, Limits.MAX_COUNT));
  }
}
