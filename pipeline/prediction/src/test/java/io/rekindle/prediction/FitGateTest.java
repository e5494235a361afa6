package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.prediction.PolicyBacktest.Difference;
import io.rekindle.prediction.PolicyBacktest.Interval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitGateTest {

  private static final long NOW = RandomShop.NOW;
  private static final long DAY = RandomShop.DAY;

  @ParameterizedTest
  @CsvSource({"1, 1, true", ".95, .95, true", ".94, 1, false", "1, .94, false"})
  void shouldHoldIfBothAreSure(double brierNotWorse, double aucNotLower, boolean holds) {
    Interval any = new Interval(0.0, 0.0, 0.0);

    FitGate gate = FitGate.of(NOW, new Difference(any, any, any, brierNotWorse, aucNotLower));

    assertThat(gate.holds()).isEqualTo(holds);
  }

  @Test
  void shouldHoldInARealShopWhoseFitIsBetter() {
    long asOf = Instant.parse("2011-12-10T00:00:00Z").toEpochMilli();

    FitGate gate = FitGate.evaluate(ListedShop.onlineRetail(), plan(asOf));

    assertThat(gate.evaluatedFrom()).isEqualTo(asOf - 90 * DAY);
    assertThat(gate.brierNotWorse()).isEqualTo(1);
    assertThat(gate.aucNotLower()).isEqualTo(1);
    assertThat(gate.holds()).isTrue();
  }

  /** Nothing that a fit has learned tells who stays, once everybody's habits have changed. */
  @Test
  void shouldNotHoldIfTheShopHasTurnedOver() {
    SplittableRandom random = new SplittableRandom(3);
    List<Order> orders = new ArrayList<>();
    for (int client = 0; client < 1_500; client++) {
      boolean often = client % 2 == 0;
      for (long at = NOW - 600 * DAY; at < NOW - 90 * DAY; ) {
        orders.add(new Order("c" + client, at, 1_000));
        at += random.nextLong(often ? 10 : 60, often ? 30 : 180) * DAY;
      }
      // Since then only those come who came seldom.
      if (!often) {
        orders.add(new Order("c" + client, NOW - random.nextLong(1, 89) * DAY, 1_000));
      }
    }

    FitGate gate = FitGate.evaluate(new ListedShop(orders), plan(NOW));

    assertThat(gate.holds()).isFalse();
    assertThat(Math.min(gate.brierNotWorse(), gate.aucNotLower())).isLessThan(.95);
  }

  @Test
  void shouldNotHoldInAYoungShop() {
    FitGate gate = FitGate.evaluate(new ListedShop(List.of()), plan(NOW));

    assertThat(gate).isEqualTo(new FitGate(false, NOW - 90 * DAY, null, null));
  }

  private static BacktestPlan plan(long asOf) {
    return new BacktestPlan(
        90, 28, asOf, ShopCurrency.FACE_VALUE, List.of(), OutreachAssumptions.BY_DEFAULT);
  }
}
