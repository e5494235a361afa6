package io.rekindle.scoring.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.scoring.policy.RandomPolicies;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FactorTest {

  /** Else the comparison with the reference would not try the factor. */
  @ParameterizedTest(name = "{0} is in random policies")
  @EnumSource
  void shouldBeInRandomPolicies(Factor factor) {
    RandomPolicies policies = new RandomPolicies(new SplittableRandom(1));
    assertThat(Stream.generate(policies::next).limit(200))
        .anyMatch(policy -> policy.has(factor.key()));
  }

  @Test
  void shouldNameColumnsInOrder() {
    assertThat(Factor.columns())
        .startsWith(
            "recency_points, rhythm_points, frequency_points, value_points, contact_points,"
                + " loyalty_points");
  }

  @Test
  void shouldTellBreakdownsApart() {
    double[] points = new double[Factor.values().length];
    points[Factor.VALUE.index()] = 2.5;
    Breakdown breakdown = new Breakdown(points);
    assertThat(breakdown.points(Factor.VALUE)).isEqualTo(2.5);
    assertThat(breakdown).isEqualTo(new Breakdown(points)).hasSameHashCodeAs(new Breakdown(points));
    assertThat(breakdown).isNotEqualTo(Breakdown.NONE);
    assertThat(breakdown.toString()).contains("frequency 0.0, value 2.5");
  }

  @Test
  void shouldFillUpPointsThatWereWrittenWithFewerFactors() {
    assertThat(new Breakdown(new double[0])).isEqualTo(Breakdown.NONE);
  }

  @Test
  void shouldRefuseMorePointsThanFactors() {
    assertThatThrownBy(() -> new Breakdown(new double[100]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("100 numbers for");
  }
}
