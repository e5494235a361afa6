package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.bench.ExperimentSimulation.Outcome;
import io.rekindle.bench.ExperimentSimulation.Setting;
import org.junit.jupiter.api.Test;

/** The small simulation of every build; {@code bench experiments} has the large one. */
class ExperimentSimulationTest {

  private static final int RUNS = 400;

  /** Three standard errors above 5 %, for so few runs. */
  private static final double AT_MOST = 0.05 + 3 * Math.sqrt(0.05 * 0.95 / RUNS);

  private final ExperimentSimulation simulation = new ExperimentSimulation();

  @Test
  void shouldRaiseFewFalseAlarmsHoweverOftenOneLooks() {
    for (Setting setting :
        new Setting[] {
          new Setting(20, 0.5, 0.12, 1, 0, false, 90),
          new Setting(100, 0.1, 0.12, 1, 0, true, 90),
          new Setting(100, 0.1, 0.12, 4, 0, false, 90),
          new Setting(200, 0.05, 0.04, 1, 0, true, 90)
        }) {
      Outcome outcome = simulation.run(setting, RUNS, 19);
      String which = setting + ", seed 19: " + outcome;
      assertThat(outcome.alarms()).as(which).isLessThan(AT_MOST);
      assertThat(outcome.revenueMissed()).as(which).isLessThan(AT_MOST);
      assertThat(outcome.fixedAlarms()).as("what it is needed for: " + which).isGreaterThan(0.15);
    }
  }

  @Test
  void shouldContainTheTrueDifferenceAndSeeItAsPlanned() {
    for (Setting setting :
        new Setting[] {
          new Setting(100, 0.1, 0.12, 1, 0.05, false, 90),
          new Setting(100, 0.5, 0.12, 1, 0.05, false, 60),
          new Setting(100, 0.4, 0.12, 3, 0.05, false, 120)
        }) {
      Outcome outcome = simulation.run(setting, RUNS, 19);
      String which = setting + ", seed 19: " + outcome;
      assertThat(outcome.missed()).as(which).isLessThan(AT_MOST);
      assertThat(outcome.revenueMissed()).as(which).isLessThan(AT_MOST);
      int planned = ExperimentSimulation.plannedDay(setting);
      assertThat(outcome.seenAsPlanned()).as(which).isBetween(0.78, 0.95);
      assertThat((double) outcome.dayOfMost()).as(which).isBetween(0.7 * planned, 1.05 * planned);
    }
  }

  @Test
  void shouldNarrowTheIntervalByThePrediction() {
    Outcome with = simulation.run(new Setting(100, 0.1, 0.12, 1, 0, true, 60), RUNS, 19);
    Outcome without = simulation.run(new Setting(100, 0.1, 0.12, 1, 0, false, 60), RUNS, 19);
    assertThat(with.explained()).isBetween(0.1, 0.2);
    assertThat(without.explained()).isZero();
    double ratio = with.width() / without.width();
    assertThat(ratio * ratio).isBetween(0.98 - with.explained(), 1.02 - with.explained());
  }
}
