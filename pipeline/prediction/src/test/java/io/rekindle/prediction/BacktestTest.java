package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BacktestTest {

  /** The figures of a reading of the same shop by another program. */
  @Test
  void shouldFindTheFiguresOfARealShop() {
    Backtest.Result result = Backtest.run(ListedShop.onlineRetail(), 90, 28);

    assertThat(result.instants()).hasSize(5);
    BacktestFigures percent = result.figures().get(0);
    assertThat(percent.auc()).isCloseTo(.735, within(.001));
    assertThat(percent.brier()).isCloseTo(.222, within(.001));
    assertThat(percent.ece()).isCloseTo(.105, within(.001));
    BacktestFigures fitted = result.figures().get(2);
    assertThat(fitted.policy()).isEqualTo("fitted");
    assertThat(fitted.examples()).isEqualTo(14_411);
    assertThat(fitted.auc()).isCloseTo(.754, within(.001));
    assertThat(fitted.brier()).isCloseTo(.200, within(.001));
    assertThat(fitted.ece()).isCloseTo(.032, within(.001));
    assertThat(fitted.slope()).isCloseTo(.96, within(.02));
  }

  @Test
  void shouldFindNoInstantInAShopWithoutOrders() {
    Backtest.Result result = Backtest.run(new ListedShop(List.of()), 90, 28);

    assertThat(result.instants()).isEmpty();
    assertThat(result.figures()).isEmpty();
  }

  @Test
  void shouldTellPerfectPredictionsFromACoin() {
    ScoredOutcomes outcomes = new ScoredOutcomes(1);
    double[] probabilities = new double[101];
    probabilities[100] = 1;
    outcomes.predict(0, probabilities);
    outcomes.add(0, 100, true);
    outcomes.add(0, 0, false);
    BacktestFigures perfect = outcomes.figures("perfect");
    assertThat(perfect.auc()).isEqualTo(1);
    assertThat(perfect.brier()).isZero();
    assertThat(perfect.ece()).isZero();

    outcomes.add(0, 100, false);
    outcomes.add(0, 0, true);
    BacktestFigures coin = outcomes.figures("coin");
    assertThat(coin.auc()).isEqualTo(.5);
    assertThat(coin.brier()).isEqualTo(.5);
    assertThat(coin.ece()).isEqualTo(.5);
  }
}
