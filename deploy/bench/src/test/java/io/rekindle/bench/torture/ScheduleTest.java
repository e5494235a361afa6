package io.rekindle.bench.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);
  private static final int STEPS = 200;

  private final long seed = new Random().nextLong();

  @Test
  void shouldGiveTheSameStepsForTheSameSeed() {
    assertThat(steps(seed, ALL)).as("seed %d", seed).isEqualTo(steps(seed, ALL));
  }

  @Test
  void shouldGiveOtherStepsForAnotherSeed() {
    assertThat(steps(seed, ALL)).as("seed %d", seed).isNotEqualTo(steps(seed + 1, ALL));
  }

  @Test
  void shouldDoEachFaultOnceBeforeAnyComesAgain() {
    assertThat(steps(seed, ALL).subList(0, ALL.size()))
        .as("seed %d", seed)
        .extracting(Step::fault)
        .containsExactlyInAnyOrderElementsOf(ALL);
  }

  @Test
  void shouldKeepToTheChosenFaults() {
    Set<Fault> chosen = EnumSet.of(Fault.KILL_KAFKA, Fault.LOCK_SCORES);
    assertThat(steps(seed, chosen))
        .as("seed %d", seed)
        .extracting(Step::fault)
        .hasSameElementsAs(chosen);
  }

  @Test
  void shouldKeepToTheLengthsOfEachFault() {
    assertThat(steps(seed, ALL))
        .as("seed %d", seed)
        .allSatisfy(
            step -> {
              assertThat(step.length().toSeconds())
                  .isBetween(
                      (long) step.fault().shortestSeconds(), (long) step.fault().longestSeconds());
              assertThat(step.pause()).isBetween(Duration.ZERO, Duration.ofSeconds(15));
            });
  }

  @Test
  void shouldLetSomeFaultsFollowAtOnce() {
    assertThat(steps(seed, ALL))
        .as("seed %d", seed)
        .extracting(Step::pause)
        .contains(Duration.ZERO);
  }

  private static List<Step> steps(long seed, Set<Fault> faults) {
    Schedule schedule = new Schedule(seed, faults);
    return Stream.generate(schedule::next).limit(STEPS).toList();
  }
}
