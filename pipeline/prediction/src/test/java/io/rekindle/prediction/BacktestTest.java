package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.prediction.PolicyBacktest.Bin;
import io.rekindle.prediction.PolicyBacktest.Decile;
import io.rekindle.prediction.PolicyBacktest.Month;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BacktestTest {

  private static Backtest.Result realShop;

  @BeforeAll
  static void evaluateARealShop() {
    realShop = Backtest.run(ListedShop.onlineRetail(), BacktestPlan.of(90, 28));
  }

  /** The figures of a reading of the same shop by another program. */
  @Test
  void shouldFindTheFiguresOfARealShop() {
    assertThat(realShop.instants()).hasSize(5);
    BacktestFigures percent = realShop.policies().get(0).figures();
    assertThat(percent.auc()).isCloseTo(.735, within(.001));
    assertThat(percent.brier()).isCloseTo(.222, within(.001));
    assertThat(percent.ece()).isCloseTo(.105, within(.001));
    BacktestFigures fitted = realShop.policy(Backtest.FITTED).figures();
    assertThat(fitted.examples()).isEqualTo(14_411);
    assertThat(fitted.auc()).isCloseTo(.754, within(.001));
    assertThat(fitted.brier()).isCloseTo(.200, within(.001));
    assertThat(fitted.ece()).isCloseTo(.032, within(.001));
    assertThat(fitted.slope()).isCloseTo(.96, within(.02));
  }

  @Test
  void shouldAddUpToTheSameReturnsInBinsDecilesAndMonths() {
    for (PolicyBacktest policy : realShop.policies()) {
      BacktestFigures figures = policy.figures();
      assertThat(policy.bins().stream().mapToLong(Bin::clients).sum())
          .isEqualTo(figures.examples());
      assertThat(policy.bins())
          .allSatisfy(bin -> assertThat(bin.happened()).isBetween(bin.low(), bin.high()));
      assertThat(policy.deciles().stream().mapToDouble(Decile::happened).sum() / 10)
          .isCloseTo((double) figures.returns() / figures.examples(), within(1e-9));
      assertThat(policy.deciles().get(0).lift()).isGreaterThan(policy.deciles().get(9).lift());
      assertThat(policy.months().stream().mapToLong(Month::happened).sum())
          .isEqualTo(figures.returns());
    }
  }

  @Test
  void shouldStateDifferencesWithIntervalsAroundThem() {
    assertThat(realShop.policy(Backtest.CADENCE_TABLE).difference()).isNull();
    PolicyBacktest.Difference fitted = realShop.policy(Backtest.FITTED).difference();
    assertThat(fitted.auc().value())
        .isEqualTo(
            realShop.policy(Backtest.FITTED).figures().auc()
                - realShop.policy(Backtest.CADENCE_TABLE).figures().auc())
        .isBetween(fitted.auc().low(), fitted.auc().high());
    assertThat(fitted.brier().high()).isNegative();
    assertThat(fitted.brierNotWorse()).isEqualTo(1);
    assertThat(fitted.aucNotLower()).isEqualTo(1);
    // The table of cadence-v1 keeps its ranks.
    PolicyBacktest.Difference percent = realShop.policy(Backtest.CADENCE_PERCENT).difference();
    assertThat(percent.auc().low()).isZero();
    assertThat(percent.auc().high()).isZero();
    assertThat(percent.brier().low()).isPositive();
  }

  @Test
  void shouldEvaluateByTheEngineWhatIsCountedByCells() {
    ListedShop shop = ListedShop.onlineRetail();
    Backtest.Result result = Backtest.run(shop, plan(List.of(ScoringPolicy.builtIn("cadence-v1"))));

    PolicyBacktest cadence = result.policy(Backtest.CADENCE_TABLE);
    PolicyBacktest same = result.policies().get(3);
    assertThat(same.policy()).isEqualTo("cadence-v1");
    assertThat(same.figures()).isEqualTo(cadence.figures());
    assertThat(same.warning()).isEqualTo(cadence.warning());
    assertThat(same.difference().brier().value()).isZero();
  }

  @Test
  void shouldMarkAPolicyThatKnewWhatCameAfter() {
    ListedShop shop = ListedShop.onlineRetail();
    long last = realShop.instants().get(4);
    ScoringPolicy late = ((FitResult.Fitted) PolicyFit.fit(shop, last)).policy().policy();
    ScoringPolicy early =
        ((FitResult.Fitted) PolicyFit.fit(shop, realShop.instants().get(0))).policy().policy();

    Backtest.Result result = Backtest.run(shop, plan(List.of(late, early)));

    assertThat(result.policies().subList(3, 5))
        .extracting(PolicyBacktest::sawOutcomes)
        .containsExactly(true, false);
  }

  @Test
  void shouldFindTheSameWhateverTheSequenceOfClients() {
    ListedShop shop = RandomShop.of(new SplittableRandom(5), 800);
    List<Order> shuffled = new ArrayList<>(shop.orders());
    Collections.shuffle(shuffled, new Random(5));

    String first = Backtest.run(shop, BacktestPlan.of(90, 28)).json();

    assertThat(Backtest.run(new ListedShop(shuffled), BacktestPlan.of(90, 28)).json())
        .isEqualTo(first)
        .doesNotContain("NaN");
  }

  @Test
  void shouldFindNoInstantInAShopWithoutOrders() {
    Backtest.Result result = Backtest.run(new ListedShop(List.of()), BacktestPlan.of(90, 28));

    assertThat(result.instants()).isEmpty();
    assertThat(result.policies()).isEmpty();
  }

  @Test
  void shouldTellPerfectPredictionsFromACoin() {
    double[][] probabilities = new double[1][101];
    probabilities[0][100] = 1;
    OutcomeCounts outcomes = new OutcomeCounts(1);
    outcomes.add(0, 0, 100, true);
    outcomes.add(255, 0, 0, false);
    BacktestFigures perfect = figures(probabilities, outcomes);
    assertThat(perfect.auc()).isEqualTo(1);
    assertThat(perfect.brier()).isZero();
    assertThat(perfect.ece()).isZero();

    outcomes.add(7, 0, 100, false);
    outcomes.add(8, 0, 0, true);
    BacktestFigures coin = figures(probabilities, outcomes);
    assertThat(coin.auc()).isEqualTo(.5);
    assertThat(coin.brier()).isEqualTo(.5);
    assertThat(coin.ece()).isEqualTo(.5);
  }

  /** The example of a textbook: 10 of 20 have the interval .299 to .701. */
  @Test
  void shouldKnowWilsonsInterval() {
    Bin bin = ScoredOutcomes.wilson(.4, 20, 10, .45);
    assertThat(bin.low()).isCloseTo(.2993, within(1e-4));
    assertThat(bin.high()).isCloseTo(.7007, within(1e-4));
  }

  private static BacktestPlan plan(List<ScoringPolicy> policies) {
    return new BacktestPlan(
        90, 28, Long.MAX_VALUE, ShopCurrency.FACE_VALUE, policies, OutreachAssumptions.BY_DEFAULT);
  }

  private static BacktestFigures figures(double[][] probabilities, OutcomeCounts outcomes) {
    int[] once = new int[OutcomeCounts.GROUPS];
    Arrays.fill(once, 1);
    return new ScoredOutcomes(probabilities, outcomes.sums(once)).figures();
  }
}
