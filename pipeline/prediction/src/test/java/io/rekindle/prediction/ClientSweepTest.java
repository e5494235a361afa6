package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The sweep against the scoring engine, which computes everything anew at each instant. The seed is
 * printed; {@code -Drekindle.seed=N} repeats a run.
 */
class ClientSweepTest {

  private static final long DAY = RandomShop.DAY;

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldGiveTheFactsAndTiersOfTheEngine() throws Exception {
    long reference = random.nextLong(1, 20_000);
    double[] weights = new double[TieredFactor.BORDERS];
    Arrays.fill(weights, 1);
    WholePoints points = WholePoints.rounded(weights);
    Scorer engine = new Scorer(policy(points, reference));
    Scorer cadence = new Scorer(ScoringPolicy.builtIn("cadence-v1"));
    WholePoints template = WholePoints.ofTemplate();
    ClientSweep sweep = new ClientSweep();
    UserFacts facts = new UserFacts(365 * DAY, ExchangeRates.FACE_VALUE, null);
    for (List<Order> client : RandomShop.of(random, 2_000).byUser().values()) {
      sweep.load(ListedShop.table(client), RandomShop.NOW);
      for (long instant : instants(client)) {
        OrderTable known =
            ListedShop.table(client.stream().filter(o -> o.placedAt() <= instant).toList());
        Score expected = engine.score(known, instant, Score.NEVER);
        String what = "seed %d, %s at %d".formatted(seed, client, instant);
        assertThat(sweep.advance(instant)).as(what).isEqualTo(expected.scored());
        if (!expected.scored()) {
          continue;
        }
        assertThat(sweep.lastOrderAt()).as(what).isEqualTo(expected.lastOrderAt());
        assertThat(sweep.orderDays()).as(what).isEqualTo(expected.orderDaysEver());
        assertThat(sweep.orderDaysInWindow()).as(what).isEqualTo(expected.orderDays());
        assertThat(sweep.spendInWindow()).as(what).isEqualTo(expected.spendMinor());
        assertThat(sweep.usualGap()).as(what).isEqualTo(expected.usualGap());
        facts.load(known, instant, Score.NEVER);
        assertThat(sweep.repeatSpend())
            .as(what)
            .isEqualTo(new RepeatSpend(facts.repeatOrders(), facts.repeatSpend()));
        int[] levels = TierCell.levels(sweep.cell(reference));
        for (TieredFactor factor : TieredFactor.values()) {
          assertThat(points.points(factor, levels[factor.index()]))
              .as("%s, %s", factor, what)
              .isEqualTo((int) expected.points(factor.factor()));
        }
        assertThat(points.score(sweep.cell(reference))).as(what).isEqualTo((int) expected.score());

        Score atLastOrder = engine.score(known, sweep.lastOrderAt(), Score.NEVER);
        assertThat(points.score(sweep.cellAtLastOrder(reference)))
            .as(what)
            .isEqualTo((int) atLastOrder.score());
        assertThat(template.score(sweep.cell(Workload.CADENCE_REFERENCE)))
            .as(what)
            .isEqualTo((int) cadence.score(known, instant, Score.NEVER).score());
      }
    }
  }

  @Test
  void shouldRefuseOrdersThatAreNotSorted() {
    OrderTable orders =
        ListedShop.table(List.of(new Order("ada", 2, 100), new Order("ada", 1, 100)));
    assertThatThrownBy(() -> new ClientSweep().load(orders, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sort them");
  }

  /** Ascending, many of them on a border of the client. */
  private long[] instants(List<Order> client) {
    long[] instants = new long[12];
    long[] borders = {0, 7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 545, 730};
    for (int i = 0; i < instants.length; i++) {
      Order order = client.get(random.nextInt(client.size()));
      instants[i] =
          Math.min(
              RandomShop.NOW,
              random.nextBoolean()
                  ? order.placedAt()
                      + borders[random.nextInt(borders.length)] * DAY
                      + random.nextInt(-1, 2)
                  : RandomShop.NOW - random.nextLong(0, 800 * DAY));
    }
    Arrays.sort(instants);
    return instants;
  }

  private static ScoringPolicy policy(WholePoints points, long reference) throws Exception {
    double[] nothing = new double[TieredFactor.BORDERS];
    return ScoringPolicy.parse(
        PolicyDocument.of(
            new ShopSummary(1, 1, 1, 0, reference, 1, List.of(), List.of()),
            RandomShop.NOW,
            90,
            ShopCurrency.FACE_VALUE,
            new BuyerModel(1, 1, 1, 1),
            new CellTotals(new int[0], new double[0], new double[0]),
            0,
            new BorderWeights(0, nothing, 0),
            points,
            new Workload.Thresholds(10, 25, 50, 65, 75, 80, 35),
            new LogisticLine(0, 0),
            new int[101]));
  }
}
