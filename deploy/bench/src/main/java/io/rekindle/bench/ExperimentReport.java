package io.rekindle.bench;

import io.rekindle.bench.ExperimentSimulation.Outcome;
import io.rekindle.bench.ExperimentSimulation.Setting;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints how often the intervals of simulated experiments are right. */
final class ExperimentReport {

  private static final int DAYS = 90;

  /** Without a difference. */
  private static final List<Setting> ALIKE =
      List.of(
          setting(20, 0.5, 0.12, 1, 0, false),
          setting(100, 0.1, 0.12, 1, 0, false),
          setting(100, 0.1, 0.12, 1, 0, true),
          setting(100, 0.1, 0.12, 4, 0, true),
          setting(100, 0.05, 0.3, 1, 0, true),
          setting(400, 0.1, 0.03, 1, 0, true),
          setting(1000, 0.02, 0.12, 1, 0, true));

  /** With a difference, as long as it takes to see it more often than planned. */
  private static final List<Setting> APART =
      List.of(
          setting(100, 0.1, 0.12, 1, 0.05, false),
          setting(100, 0.1, 0.12, 1, 0.05, true),
          setting(100, 0.34, 0.12, 1, 0.05, false),
          setting(100, 0.5, 0.12, 1, 0.05, false),
          setting(100, 0.5, 0.12, 1, 0.1, false),
          setting(100, 0.4, 0.12, 3, 0.05, false),
          setting(400, 0.1, 0.03, 1, 0.02, false));

  private ExperimentReport() {}

  static void print(int runs, long seed, PrintWriter out) {
    ExperimentSimulation simulation = new ExperimentSimulation();
    out.printf(
        Locale.ROOT,
        "%,d runs each, seed %d. The intervals are read every day. The chance of error is 5"
            + " %% for the whole experiment.%n%n",
        runs,
        seed);
    out.printf(
        "Without a difference, %d days%n%-62s %9s %9s %9s %9s %9s%n",
        DAYS, "", "alarms", "classic", "revenue", "classic", "explained");
    for (Setting setting : ALIKE) {
      Outcome outcome = simulation.run(setting, runs, seed);
      out.printf(
          Locale.ROOT,
          "%-62s %7.2f %% %7.2f %% %7.2f %% %7.2f %% %7.1f %%%n",
          describe(setting),
          100 * outcome.alarms(),
          100 * outcome.fixedAlarms(),
          100 * outcome.revenueMissed(),
          100 * outcome.fixedRevenueMissed(),
          100 * outcome.explained());
      out.flush();
    }
    out.printf(
        "%nWith a difference%n%-62s %9s %9s %9s %9s %9s %9s%n",
        "", "missed", "revenue", "classic", "planned", "4 of 5 by", "seen");
    for (Setting setting : APART) {
      int planned = ExperimentSimulation.plannedDay(setting);
      Setting longer =
          new Setting(
              setting.clientsPerDay(),
              setting.holdoutShare(),
              setting.rate(),
              setting.variants(),
              setting.difference(),
              setting.predicted(),
              Math.max(DAYS, 2 * planned));
      Outcome outcome = simulation.run(longer, runs, seed);
      out.printf(
          Locale.ROOT,
          "%-62s %7.2f %% %7.2f %% %7.2f %% %9s %9s %7.1f %%%n",
          describe(setting)
              + String.format(Locale.ROOT, ", +%.0f points", 100 * setting.difference()),
          100 * outcome.missed(),
          100 * outcome.revenueMissed(),
          100 * outcome.fixedRevenueMissed(),
          "day " + planned,
          outcome.dayOfMost() == null ? "never" : "day " + outcome.dayOfMost(),
          100 * outcome.seenAsPlanned());
      out.flush();
    }
    out.printf(
        "%nalarms: an interval of a rate did not contain 0. missed, revenue: an interval did not"
            + " contain the true difference of the rates, or of the revenue. classic: uncorrected"
            + " normal intervals of 95 %%, every day for rates and on the last day for revenue."
            + " explained: of the variance, by the order probabilities. seen: by the planned day.%n");
  }

  private static Setting setting(
      int clientsPerDay,
      double holdoutShare,
      double rate,
      int variants,
      double difference,
      boolean predicted) {
    return new Setting(clientsPerDay, holdoutShare, rate, variants, difference, predicted, DAYS);
  }

  private static String describe(Setting setting) {
    return String.format(
        Locale.ROOT,
        "%,d a day, %.0f %% held out, rate %.0f %%%s%s",
        setting.clientsPerDay(),
        100 * setting.holdoutShare(),
        100 * setting.rate(),
        setting.variants() == 1 ? "" : ", %d variants".formatted(setting.variants()),
        setting.predicted() ? ", CUPED" : "");
  }
}
