package io.rekindle.scoring.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.scoring.contact.Assignment.Arm;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  private static final int USERS = 100_000;

  @Test
  void shouldGiveEachArmItsShare() {
    Rules rules = rules("spring", 200_000, variant("a", 1), variant("b", 3), variant("never", 0));
    Map<String, Long> arms =
        IntStream.range(0, USERS)
            .mapToObj(user -> arm("user" + user, rules))
            .collect(Collectors.groupingBy(arm -> arm, Collectors.counting()));

    assertThat(arms).containsOnlyKeys("HOLDOUT", "a", "b");
    // Five standard deviations of a fair draw.
    assertThat(arms.get("HOLDOUT") / (double) USERS).isCloseTo(0.2, within(0.0064));
    assertThat(arms.get("a") / (double) USERS).isCloseTo(0.2, within(0.0064));
    assertThat(arms.get("b") / (double) USERS).isCloseTo(0.6, within(0.0078));
  }

  @Test
  void shouldDivideUsersOtherwiseInAnotherExperiment() {
    Rules spring = rules("spring", 500_000, variant("a", 1));
    Rules summer = rules("summer", 500_000, variant("a", 1));
    long alike =
        IntStream.range(0, USERS)
            .mapToObj(user -> "user" + user)
            .filter(user -> arm(user, spring).equals(arm(user, summer)))
            .count();
    assertThat(alike / (double) USERS).isCloseTo(0.5, within(0.008));
  }

  /** An assignment is for good: it must come out the same in every later version. */
  @Test
  void shouldStayAsItEverWas() {
    assertThat(Assignment.place("anna", "default")).isEqualTo(PLACE_OF_ANNA);
    assertThat(EpisodeId.of("anna", 1_750_000_000_000L)).isEqualTo(EPISODE_OF_ANNA);
  }

  /** SHA-256 of "default", NUL, "anna": its upper 53 bits as a fraction, by another program. */
  private static final double PLACE_OF_ANNA = 0.10873540834331785;

  /** SHA-256 of "anna", NUL, "1750000000000", by another program. */
  private static final String EPISODE_OF_ANNA = "6d1a61823736a0ea3cd2c8f67378bafd";

  @Test
  void shouldHoldOutEverybodyOrNobody() {
    assertThat(arm("anna", rules("x", 1_000_000, variant("a", 1)))).isEqualTo("HOLDOUT");
    assertThat(arm("anna", rules("x", 0, variant("a", 1)))).isEqualTo("a");
  }

  private record Rules(String experiment, int holdoutPpm, List<Arm> arms) {}

  private static Rules rules(String experiment, int holdoutPpm, Arm... arms) {
    return new Rules(experiment, holdoutPpm, List.of(arms));
  }

  private static Arm variant(String name, long weight) {
    return new Arm(name, weight * 1_000_000);
  }

  private static String arm(String userId, Rules rules) {
    String arm = Assignment.arm(userId, rules.experiment(), rules.holdoutPpm(), rules.arms());
    return arm == null ? "HOLDOUT" : arm;
  }
}
