package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.orders.UserFacts;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Points for the amounts spent. Section {@code value}: of {@code SPEND_IN_WINDOW}, tiers in
 * multiples of the amount {@code reference} ({@code fromMultiple}). Or of {@code
 * AVERAGE_ORDER_VALUE}, all spend ever by all effective orders, {@code linear}: min({@code points},
 * {@code points} &middot; (average / {@code fullAt})).
 */
final class Value {

  private static final int MAX_MULTIPLE = 100_000;

  private enum Measure {
    SPEND_IN_WINDOW,
    AVERAGE_ORDER_VALUE
  }

  private Value() {}

  static FactorRule read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("of", "reference", "tiers", "linear");
    return switch (section.oneOf("of", List.of(Measure.values()))) {
      case SPEND_IN_WINDOW -> new OfSpend(spendTiers(section));
      case AVERAGE_ORDER_VALUE -> new OfAverageOrder(averageFunction(section));
    };
  }

  /**
   * By the spend in the window.
   *
   * @param tiers thresholds in hundredths of the base currency
   */
  private record OfSpend(TierTable tiers) implements FactorRule {

    @Override
    public void load(UserFacts facts, TierCursor cursor) {
      cursor.clear();
      int order = facts.orders().size();
      long spend = 0;
      for (int level = 1; level < tiers.levels(); level++) {
        long threshold = tiers.threshold(level);
        if (facts.totalSpend() < threshold) {
          return;
        }
        while (spend < threshold) {
          order--;
          spend = saturated(spend + Math.max(0, facts.spend(order)));
        }
        cursor.addLevel(facts.leavesWindowAt(order));
      }
    }

    private static long saturated(long sum) {
      return sum < 0 ? Long.MAX_VALUE : sum;
    }
  }

  /**
   * By the average effective order, which does not change with time.
   *
   * @param function of the average in units of the base currency
   */
  private record OfAverageOrder(PointsFunction function) implements FactorRule {

    @Override
    public TierTable tiers() {
      return TierTable.NONE;
    }

    @Override
    public void load(UserFacts facts, TierCursor cursor) {
      cursor.setConstant(function.points(facts.totalSpend() / 100.0 / facts.orderCount()));
    }
  }

  private static TierTable spendTiers(JsonSection section) throws InvalidPolicyException {
    if (section.has("linear")) {
      throw section.invalid(
          "linear", "is not for SPEND_IN_WINDOW: use tiers, or measure AVERAGE_ORDER_VALUE");
    }
    BigDecimal reference = BigDecimal.valueOf(section.money("reference"));
    TierTable multiples = TierReader.rising(section, "fromMultiple", MAX_MULTIPLE);
    long[] thresholds = new long[multiples.levels()];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] =
          BigDecimal.valueOf(multiples.threshold(i), 3)
              .multiply(reference)
              .setScale(0, RoundingMode.CEILING)
              .longValueExact();
    }
    return multiples.withThresholds(thresholds);
  }

  private static PointsFunction averageFunction(JsonSection section) throws InvalidPolicyException {
    for (String other : List.of("tiers", "reference")) {
      if (section.has(other)) {
        throw section.invalid(
            other, "is not for AVERAGE_ORDER_VALUE: use linear, or measure SPEND_IN_WINDOW");
      }
    }
    JsonSection linear = section.section("linear").allowOnly("points", "fullAt");
    return new PointsFunction.Linear(
        linear.whole("points", 0, Limits.MAX_POINTS), linear.money("fullAt") / 100.0);
  }
}
