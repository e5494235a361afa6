package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WholePointsTest {

  @Test
  void shouldAlwaysReachAHundredAndNeverFall() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      double[] weights = new double[TieredFactor.BORDERS];
      Arrays.setAll(weights, j -> random.nextInt(3) == 0 ? 0 : random.nextDouble());
      WholePoints points = WholePoints.rounded(weights);
      int best = 0;
      for (TieredFactor factor : TieredFactor.values()) {
        assertThat(points.points(factor, 0)).isZero();
        for (int level = 1; level < factor.levels(); level++) {
          assertThat(points.points(factor, level))
              .isGreaterThanOrEqualTo(points.points(factor, level - 1));
        }
        best += points.points(factor, factor.borders());
      }
      assertThat(best).isEqualTo(100);
    }
  }

  @Test
  void shouldGiveTheEarlierFactorTheRestOfATie() {
    double[] weights = new double[TieredFactor.BORDERS];
    // Thirds: the first of them gets 34.
    for (TieredFactor factor :
        new TieredFactor[] {TieredFactor.RHYTHM, TieredFactor.VALUE, TieredFactor.LOYALTY}) {
      weights[factor.offset()] = 0.1;
    }
    WholePoints points = WholePoints.rounded(weights);
    assertThat(points.points(TieredFactor.RHYTHM, 6)).isEqualTo(34);
    assertThat(points.points(TieredFactor.VALUE, 5)).isEqualTo(33);
    assertThat(points.points(TieredFactor.LOYALTY, 6)).isEqualTo(33);
  }

  @Test
  void shouldHoldTheMaximaOfCadenceInTheTemplate() {
    WholePoints template = WholePoints.ofTemplate();
    assertThat(template.points(TieredFactor.RECENCY, 12)).isEqualTo(30);
    assertThat(template.points(TieredFactor.RHYTHM, 6)).isEqualTo(30);
    assertThat(template.points(TieredFactor.FREQUENCY, 6)).isEqualTo(30);
    assertThat(template.points(TieredFactor.VALUE, 5)).isEqualTo(10);
    assertThat(template.points(TieredFactor.LOYALTY, 6)).isZero();
  }
}
