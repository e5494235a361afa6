package io.rekindle.scoring.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.scoring.contact.Assignment.Arm;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** The same, of "control", NUL, "rekindle", NUL, "in-a-control-group", by another program. */
  @Test
  void shouldKeepTheControlGroupAsItEverWas() {
    assertThat(isControl("in-a-control-group", "rekindle", 186_179)).isFalse();
    assertThat(isControl("in-a-control-group", "rekindle", 186_180)).isTrue();
  }

  /** A share of none has nobody, not even the user with the smallest number. */
  @Test
  void shouldHaveNobodyInTheControlGroupUnlessThereIsOne() {
    assertThat(users().filter(user -> isControl(user, "rekindle", 0))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldKeepWhoIsInTheControlGroupAsItGrows(long seed) {
    Random random = new Random(seed);
    int[] shares = IntStream.generate(() -> random.nextInt(200_001)).limit(20).sorted().toArray();
    for (int i = 0; i < 500; i++) {
      String user = Long.toString(random.nextLong(), 36);
      boolean before = false;
      for (int share : shares) {
        boolean now = isControl(user, "salt" + seed, share);
        assertThat(isControl(user, "salt" + seed, share)).isEqualTo(now);
        assertThat(before && !now).as("user %s left at %s, seed %s", user, share, seed).isFalse();
        before = now;
      }
    }
  }

  /** Five standard deviations of a fair draw. */
  @ParameterizedTest
  @MethodSource("seeds")
  void shouldGiveTheControlGroupItsShare(long seed) {
    int ppm = 1 + new Random(seed).nextInt(200_000);
    double share = ppm / 1e6;
    long in = users().filter(user -> isControl(user, "salt" + seed, ppm)).count();
    assertThat((double) in)
        .as("seed %s", seed)
        .isCloseTo(USERS * share, within(5 * Math.sqrt(USERS * share * (1 - share))));
  }

  /** By a chi-square of the arms inside and outside of the group, at a chance of 1 in 10,000. */
  @ParameterizedTest
  @MethodSource("seeds")
  void shouldDivideTheControlGroupApartFromEveryExperiment(long seed) {
    Random random = new Random(seed);
    int ppm = 50_000 + random.nextInt(150_000);
    // The worst name there could be: that of the salt.
    String salt = "salt" + seed;
    Rules rules = rules(salt, 100_000 + random.nextInt(400_000), variant("a", 1), variant("b", 2));
    Map<String, Map<Boolean, Long>> counts =
        users()
            .collect(
                Collectors.groupingBy(
                    user -> arm(user, rules),
                    Collectors.partitioningBy(
                        user -> isControl(user, salt, ppm), Collectors.counting())));
    long control = counts.values().stream().mapToLong(arm -> arm.get(true)).sum();
    double chiSquare = 0;
    for (Map<Boolean, Long> arm : counts.values()) {
      long size = arm.get(true) + arm.get(false);
      double expectedIn = (double) size * control / USERS;
      double expectedOut = size - expectedIn;
      chiSquare +=
          Math.pow(arm.get(true) - expectedIn, 2) / expectedIn
              + Math.pow(arm.get(false) - expectedOut, 2) / expectedOut;
    }
    // With two degrees of freedom the chance is exp(-x / 2).
    assertThat(Math.exp(-chiSquare / 2)).as("seed %s", seed).isGreaterThan(1e-4);
  }

  private static LongStream seeds() {
    return LongStream.rangeClosed(1, 10);
  }

  private static Stream<String> users() {
    return IntStream.range(0, USERS).mapToObj(user -> "user" + user);
  }

  private static boolean isControl(String userId, String salt, int ppm) {
    return Assignment.isControl(userId, salt, ppm);
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
