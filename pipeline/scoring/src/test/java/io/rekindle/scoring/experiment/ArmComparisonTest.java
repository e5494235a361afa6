package io.rekindle.scoring.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArmComparisonTest {

  @Test
  void shouldBeginOnceTenOfEachKindAreKnown() {
    ArmTotals enough = arm(100, 10, 0, 0);
    assertThat(ArmComparison.of(enough, arm(100, 10, 0, 0), 0.05)).isPresent();
    assertThat(ArmComparison.of(enough, arm(100, 9, 0, 0), 0.05)).isEmpty();
    assertThat(ArmComparison.of(arm(100, 91, 0, 0), enough, 0.05)).isEmpty();
    assertThat(ArmComparison.of(ArmTotals.NONE, enough, 0.05)).isEmpty();
  }

  /** The database's tests have the same numbers, by hand. */
  @Test
  void shouldReachAsFarAsTheConfidenceSequence() {
    ArmComparison warm =
        ArmComparison.of(arm(70, 56, 40, 0.3), arm(80, 48, 30, 0.3), 0.025).orElseThrow();
    assertThat(warm.uplift()).isCloseTo(0.2, within(1e-12));
    assertThat(warm.margin()).isCloseTo(0.319751, within(1e-6));
    assertThat(warm.explained()).as("a constant explains nothing").isZero();
    assertThat(warm.revenueDifference()).isCloseTo(14, within(1e-9));
    assertThat(warm.revenueMargin()).isCloseTo(11.084865, within(1e-6));
  }

  /**
   * One order of a thousand in a large holdout: the small arm did not have the time to meet one.
   */
  @Test
  void shouldNotTrustASmallArmThatHasMetNoLargeOrder() {
    ArmTotals small = arm(50, 20, 10, 0);
    ArmTotals large = arm(2_000, 800, 10, 0).plus(true, 10_000, 0);
    double margin = ArmComparison.of(small, large, 0.05).orElseThrow().revenueMargin();
    double together = 10_000 / Math.sqrt(2_051) * Math.sqrt(1 / 50.0 + 1 / 2_001.0);
    assertThat(margin)
        .isGreaterThan(together * AlwaysValid.factor(1 / (1 / 50.0 + 1 / 2_001.0), 0.05) * 0.99);
  }

  @Test
  void shouldDivideTheChanceOfErrorAmongTheVariants() {
    assertThat(AlwaysValid.alpha(1)).isEqualTo(0.05);
    assertThat(AlwaysValid.alpha(4)).isEqualTo(0.0125);
    assertThat(AlwaysValid.factor(500, AlwaysValid.alpha(4)))
        .isGreaterThan(AlwaysValid.factor(500, AlwaysValid.alpha(1)));
  }

  @Test
  void shouldNeedMoreUsersForLessToSeeAndForFewerHeldOut() {
    double users = AlwaysValid.plannedUsers(0.12, 0.05, 0.9, 0.1, 0.05);
    assertThat(AlwaysValid.plannedUsers(0.12, 0.1, 0.9, 0.1, 0.05)).isLessThan(users / 3);
    assertThat(AlwaysValid.plannedUsers(0.12, 0.05, 0.5, 0.5, 0.05)).isLessThan(users / 2);
    assertThat(AlwaysValid.plannedUsers(0.12, 0.05, 0.95, 0.05, 0.05)).isGreaterThan(users * 1.8);
  }

  /** Users of whom the first so many order for the same amount. */
  private static ArmTotals arm(int users, int ordered, double amount, double probability) {
    ArmTotals arm = ArmTotals.NONE;
    for (int user = 0; user < users; user++) {
      arm = arm.plus(user < ordered, user < ordered ? amount : 0, probability);
    }
    return arm;
  }
}
