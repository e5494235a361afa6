package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.prediction.YearAheadBacktest.Quartile;
import io.rekindle.prediction.YearAheadBacktest.Year;
import io.rekindle.prediction.YearAheadModel.ClientYear;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.policy.PolicyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The year ahead and the next order: tenths, dates, and whether they came true. */
class YearAheadTest {

  private static final long DAY = RandomShop.DAY;

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldPutATenthOfTheNumbersIntoEachTenth() {
    double[] numbers = random.doubles(1_000).toArray();
    Tenths tenths = Tenths.of(numbers);
    for (int tenth = 1; tenth <= 10; tenth++) {
      int wanted = tenth;
      assertThat(Arrays.stream(numbers).filter(number -> tenths.of(number) == wanted).count())
          .as("seed %d, tenth %d", seed, tenth)
          .isEqualTo(100);
    }
    assertThat(tenths.of(2)).isEqualTo(1);
    assertThat(tenths.of(-1)).isEqualTo(10);
  }

  @Test
  void shouldPutEqualNumbersIntoOneTenth() {
    assertThat(Tenths.of(new double[] {3, 3, 3}).of(3)).isEqualTo(1);
  }

  @Test
  void shouldTellTheOutlookOfAClientByTheStoredModel() throws InvalidPolicyException {
    ListedShop shop = RandomShop.of(random, 400);
    FittedPolicy fit = fitted(shop);
    PolicyModel stored = PolicyModel.parse(fit.cadenceModel().json());
    YearAheadModel model = YearAheadModel.read(stored.json()).orElseThrow();

    int[] tenths = new int[11];
    shop.forEachClient(
        (userId, orders) ->
            model
                .client(
                    orders, RandomShop.NOW, ExchangeRates.FACE_VALUE, stored.money().orElseThrow())
                .ifPresent(
                    client -> {
                      tenths[client.spendTenth()]++;
                      assertThat(client.year().orderDays()).isPositive();
                      assertThat(quartiles(client)).isSorted().allMatch(at -> at >= RandomShop.NOW);
                    }));

    // Documents have fifteen digits.
    assertThat(model)
        .usingRecursiveComparison()
        .withComparatorForType(
            (left, right) -> Math.abs(left - right) <= 1e-12 * Math.abs(left) ? 0 : 1, Double.class)
        .isEqualTo(fit.yearAhead());
    // The sample is the whole shop.
    int clients = IntStream.of(tenths).sum();
    for (int tenth = 1; tenth <= 10; tenth++) {
      assertThat((double) tenths[tenth]).as("seed " + seed).isCloseTo(clients / 10.0, within(4.0));
    }
  }

  private static List<Long> quartiles(ClientYear client) {
    List<Long> known = new ArrayList<>();
    for (Long at : new Long[] {client.from(), client.median(), client.until()}) {
      known.add(at == null ? Long.MAX_VALUE : at);
    }
    return known;
  }

  @Test
  void shouldHaveNoOutlookWithoutAnOrder() {
    YearAheadModel model = fitted(RandomShop.of(random, 400)).yearAhead();
    ListedShop cancelled = new ListedShop(List.of(new Order("u", RandomShop.NOW - DAY, 0)));
    cancelled.forEachClient(
        (userId, orders) ->
            assertThat(model.client(orders, RandomShop.NOW, ExchangeRates.FACE_VALUE, null))
                .isEmpty());
    assertThat(YearAheadModel.read("{\"version\": \"m\", \"money\": {}}")).isEmpty();
  }

  @Test
  void shouldRefuseAModelWithABrokenOutlook() {
    String json = fitted(RandomShop.of(random, 400)).cadenceModel().json();
    assertThatThrownBy(() -> PolicyModel.parse(json.replace("\"alpha\"", "\"beta\"")))
        .isInstanceOf(InvalidPolicyException.class)
        .hasMessageContaining("buyers");
    assertThatThrownBy(
            () ->
                PolicyModel.parse(json.replaceFirst("\"spend\"\\s*:\\s*\\[[^,]*,", "\"spend\": [")))
        .isInstanceOf(InvalidPolicyException.class)
        .hasMessageContaining("year.spend: must be a list of 9 numbers that do not fall");
    assertThatThrownBy(() -> PolicyModel.parse(json.replaceFirst("\"year\"", "\"years\"")))
        .isInstanceOf(InvalidPolicyException.class);
  }

  @Test
  void shouldHoldInAShopThatTheModelsDescribe() {
    // Clients who order at random and leave at random, as the buyer model says.
    List<Order> orders = new ArrayList<>();
    for (int client = 0; client < 4_000; client++) {
      double perDay = -Math.log(random.nextDouble(1e-9, 1)) / 60;
      long at = RandomShop.NOW - random.nextLong(DAY, 1_400 * DAY);
      while (at <= RandomShop.NOW) {
        orders.add(new Order("u" + client, at, 5_000));
        if (random.nextDouble() < 0.08) {
          break;
        }
        at += Math.max(DAY, Math.round(-Math.log(random.nextDouble(1e-9, 1)) / perDay * DAY));
      }
    }

    YearAheadBacktest yearAhead =
        Backtest.run(new ListedShop(orders), BacktestPlan.of(90, 84)).yearAhead();

    assertThat(yearAhead.years()).as("seed " + seed).hasSizeGreaterThan(3);
    Year last = yearAhead.years().get(yearAhead.years().size() - 1);
    assertThat(last.orderDays() / last.expectedOrderDays())
        .as("seed %d, %s", seed, last)
        .isCloseTo(1, within(0.15));
    assertThat((double) last.spend() / last.expectedSpend())
        .as("seed " + seed)
        .isCloseTo(1, within(0.15));
    for (Quartile quartile : yearAhead.quartiles()) {
      assertThat((double) quartile.happened() / quartile.clients())
          .as("seed %d, %s", seed, quartile)
          .isCloseTo(quartile.probability(), within(0.06));
    }
  }

  @Test
  void shouldTellMoneyAndWindowOnlyWhenTheyCameTrue() {
    Year right = new Year(0, 100, 50, 52, 1_000, 1_050);
    Year low = new Year(1, 100, 50, 50, 1_000, 905);
    Year wrong = new Year(2, 100, 50, 50, 1_000, 1_101);
    Quartile quarter = new Quartile(0.25, 400, 119);
    Quartile half = new Quartile(0.5, 400, 181);
    Quartile off = new Quartile(0.75, 400, 321);
    Quartile few = new Quartile(0.75, 199, 149);

    YearAheadBacktest holds =
        new YearAheadBacktest(List.of(right, low, right), List.of(quarter, half));
    assertThat(holds.spendHolds()).isTrue();
    assertThat(holds.lowestSpendRatio()).isEqualTo(0.905);
    assertThat(holds.highestSpendRatio()).isEqualTo(1.05);
    assertThat(holds.windowHolds()).isTrue();
    assertThat(new YearAheadBacktest(List.of(right, low), List.of()).spendHolds()).isFalse();
    assertThat(new YearAheadBacktest(List.of(right, low, wrong), List.of()).spendHolds()).isFalse();
    assertThat(new YearAheadBacktest(List.of(), List.of(quarter, half, off)).windowHolds())
        .isFalse();
    assertThat(new YearAheadBacktest(List.of(), List.of(quarter, half, few)).windowHolds())
        .isFalse();
    assertThat(new YearAheadBacktest(List.of(), List.of()).windowHolds()).isFalse();
  }

  private FittedPolicy fitted(ShopOrders shop) {
    FitResult result = PolicyFit.fit(shop, RandomShop.NOW);
    assertThat(result).as("seed " + seed).isInstanceOf(FitResult.Fitted.class);
    return ((FitResult.Fitted) result).policy();
  }
}
