package io.rekindle.bench;

import io.rekindle.scoring.experiment.AlwaysValid;
import io.rekindle.scoring.experiment.ArmComparison;
import io.rekindle.scoring.experiment.ArmTotals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Made-up experiments that are looked at every day, with the truth beside what the intervals said.
 * Clients differ in their order probability, and spend as the clients of a real shop did.
 * Immutable.
 */
final class ExperimentSimulation {

  /** A normal interval of 95 %, as one without correction would be. */
  private static final double FIXED = 1.959963984540054;

  /** A client orders with at most this probability, so that a difference fits above it. */
  private static final double MAX_PROBABILITY = 0.85;

  private final double[] spend = spend();

  /**
   * What an experiment is like.
   *
   * @param clientsPerDay clients who are decided on each day
   * @param holdoutShare the part that is held out
   * @param rate the rate of those held out
   * @param variants variants of the same size
   * @param difference by which each variant raises the rate
   * @param predicted whether the order probability at the decision is known
   */
  record Setting(
      int clientsPerDay,
      double holdoutShare,
      double rate,
      int variants,
      double difference,
      boolean predicted,
      int days) {

    double share() {
      return (1 - holdoutShare) / variants;
    }
  }

  /**
   * What came out, as parts of the runs.
   *
   * @param alarms at least one interval of a rate, on at least one day, did not contain 0
   * @param fixedAlarms the same of uncorrected intervals for one look
   * @param missed at least one interval of a rate once missed the true difference
   * @param revenueMissed the same of revenue
   * @param fixedRevenueMissed an uncorrected interval of revenue missed it on the last day
   * @param width the average reach of the last interval of the first variant, to each side
   * @param explained the average part of the variance that the order probabilities explained
   * @param seenAsPlanned a difference was seen in the first variant by the day that was planned
   * @param dayOfMost the day by which four of five runs had seen it; null if fewer did
   */
  record Outcome(
      double alarms,
      double fixedAlarms,
      double missed,
      double revenueMissed,
      double fixedRevenueMissed,
      double width,
      double explained,
      double seenAsPlanned,
      Integer dayOfMost) {}

  private record Run(
      boolean alarm,
      boolean fixedAlarm,
      boolean missed,
      boolean revenueMissed,
      boolean fixedRevenueMissed,
      double width,
      double explained,
      int seenOn) {}

  /** Runs experiments of the same kind, at least one; the same seed gives the same outcome. */
  Outcome run(Setting setting, int runs, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] seeds = random.longs(runs).toArray();
    List<Run> all =
        Arrays.stream(seeds)
            .parallel()
            .mapToObj(one -> run(setting, new SplittableRandom(one)))
            .toList();
    int[] seen = all.stream().mapToInt(Run::seenOn).sorted().toArray();
    int most = seen[(int) Math.ceil(0.8 * runs) - 1];
    int planned = setting.difference() > 0 ? plannedDay(setting) : 0;
    return new Outcome(
        part(all, Run::alarm),
        part(all, Run::fixedAlarm),
        part(all, Run::missed),
        part(all, Run::revenueMissed),
        part(all, Run::fixedRevenueMissed),
        average(all, Run::width),
        average(all, Run::explained),
        part(all, run -> run.seenOn() <= planned),
        most == Integer.MAX_VALUE ? null : most);
  }

  /** The first day on which the users of an experiment are as many as planned. */
  static int plannedDay(Setting setting) {
    double users =
        AlwaysValid.plannedUsers(
            setting.rate(),
            setting.difference(),
            setting.share(),
            setting.holdoutShare(),
            AlwaysValid.alpha(setting.variants()));
    return (int) Math.ceil(users / setting.clientsPerDay());
  }

  private Run run(Setting setting, SplittableRandom random) {
    ArmTotals[] arms = new ArmTotals[setting.variants() + 1];
    Arrays.fill(arms, ArmTotals.NONE);
    double alpha = AlwaysValid.alpha(setting.variants());
    boolean alarm = false;
    boolean fixedAlarm = false;
    boolean missed = false;
    boolean revenueMissed = false;
    boolean fixedRevenueMissed = false;
    double width = Double.NaN;
    double explained = Double.NaN;
    int seenOn = Integer.MAX_VALUE;
    for (int day = 1; day <= setting.days(); day++) {
      for (int i = 0; i < setting.clientsPerDay(); i++) {
        int arm =
            random.nextDouble() < setting.holdoutShare()
                ? 0
                : 1 + random.nextInt(setting.variants());
        arms[arm] = withClient(arms[arm], arm == 0 ? 0 : setting.difference(), setting, random);
      }
      for (int arm = 1; arm < arms.length; arm++) {
        Optional<ArmComparison> compared = ArmComparison.of(arms[arm], arms[0], alpha);
        if (compared.isEmpty()) {
          continue;
        }
        ArmComparison comparison = compared.get();
        double factor =
            AlwaysValid.factor(1 / (1.0 / arms[arm].users() + 1.0 / arms[0].users()), alpha);
        // A client who comes back spends 1 on average, so the difference of revenue is that of the
        // rates.
        double revenueOff = Math.abs(comparison.revenueDifference() - setting.difference());
        boolean sees = Math.abs(comparison.uplift()) > comparison.margin();
        alarm |= sees;
        fixedAlarm |= Math.abs(comparison.uplift()) > comparison.margin() / factor * FIXED;
        missed |= Math.abs(comparison.uplift() - setting.difference()) > comparison.margin();
        revenueMissed |= revenueOff > comparison.revenueMargin();
        if (arm == 1) {
          width = comparison.margin();
          explained = comparison.explained();
          seenOn = sees ? Math.min(seenOn, day) : seenOn;
          fixedRevenueMissed =
              revenueOff > FIXED * Math.sqrt(separateVariance(arms[1]) + separateVariance(arms[0]));
        }
      }
    }
    return new Run(
        alarm, fixedAlarm, missed, revenueMissed, fixedRevenueMissed, width, explained, seenOn);
  }

  private ArmTotals withClient(
      ArmTotals arm, double difference, Setting setting, SplittableRandom random) {
    double probability =
        Math.min(MAX_PROBABILITY, -setting.rate() * Math.log(1 - random.nextDouble()));
    boolean ordered = random.nextDouble() < probability + difference;
    return arm.plus(
        ordered,
        ordered ? spend[random.nextInt(spend.length)] : 0,
        setting.predicted() ? probability : 0);
  }

  private static double separateVariance(ArmTotals arm) {
    double mean = arm.revenue() / arm.users();
    return (arm.revenueSquares() / arm.users() - mean * mean) / (arm.users() - 1.0);
  }

  private static double part(List<Run> runs, Predicate<Run> of) {
    return runs.stream().filter(of).count() / (double) runs.size();
  }

  /** NaN if no run has a number. */
  private static double average(List<Run> runs, ToDoubleFunction<Run> of) {
    return runs.stream().mapToDouble(of).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  /** What clients who came back spent, in multiples of the average. */
  private static double[] spend() {
    List<Double> all = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ExperimentSimulation.class.getResourceAsStream("spend.tsv"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split("\t", -1);
          double amount = Double.parseDouble(cells[1]);
          IntStream.range(0, Integer.parseInt(cells[0])).forEach(i -> all.add(amount));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.stream().mapToDouble(amount -> amount).toArray();
  }
}
