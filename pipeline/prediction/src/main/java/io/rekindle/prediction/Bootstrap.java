package io.rekindle.prediction;

import io.rekindle.prediction.PolicyBacktest.Difference;
import io.rekindle.prediction.PolicyBacktest.Interval;
import io.rekindle.prediction.ScoredOutcomes.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Differences between policies with intervals. Groups of clients are drawn again and again, all
 * instants of a client together, and every policy is evaluated on the same draws. The draws have a
 * fixed seed, so the intervals are always the same.
 *
 * <p>Efron: <i>Bootstrap methods: another look at the jackknife</i>, Annals of Statistics 7 (1979).
 */
final class Bootstrap {

  private static final int DRAWS = 400;
  private static final long SEED = 1;
  private static final int LOW = DRAWS / 40;

  /** The AUC may be so much lower in {@link Difference#aucNotLower}. */
  private static final double AUC_MARGIN = 0.005;

  /** A rounding of sums is no difference. */
  private static final double ROUNDING = 1e-12;

  private Bootstrap() {}

  /**
   * The predictions of a policy.
   *
   * @param probabilities by instant and score
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Predictions(OutcomeCounts outcomes, double[][] probabilities) {

    ScoredOutcomes drawn(int[] draws) {
      return new ScoredOutcomes(probabilities, outcomes.sums(draws));
    }

    ScoredOutcomes all() {
      int[] once = new int[OutcomeCounts.GROUPS];
      Arrays.fill(once, 1);
      return drawn(once);
    }
  }

  /** The differences of each policy from the one at an index, which has none itself. */
  static List<Difference> differences(List<Predictions> policies, int base) {
    List<Summary> actual = policies.stream().map(policy -> policy.all().summary()).toList();
    List<List<Summary>> drawn = new ArrayList<>();
    policies.forEach(policy -> drawn.add(new ArrayList<>()));
    SplittableRandom random = new SplittableRandom(SEED);
    for (int draw = 0; draw < DRAWS; draw++) {
      int[] draws = new int[OutcomeCounts.GROUPS];
      for (int i = 0; i < draws.length; i++) {
        draws[random.nextInt(draws.length)]++;
      }
      for (int policy = 0; policy < drawn.size(); policy++) {
        drawn.get(policy).add(policies.get(policy).drawn(draws).summary());
      }
    }
    List<Difference> differences = new ArrayList<>();
    for (int policy = 0; policy < drawn.size(); policy++) {
      differences.add(
          policy == base
              ? null
              : difference(
                  actual.get(policy), actual.get(base), drawn.get(policy), drawn.get(base)));
    }
    return differences;
  }

  private static Difference difference(
      Summary actual, Summary base, List<Summary> drawn, List<Summary> drawnBase) {
    double[] auc = differences(drawn, drawnBase, Summary::auc);
    double[] brier = differences(drawn, drawnBase, Summary::brier);
    double[] logLoss = differences(drawn, drawnBase, Summary::logLoss);
    return new Difference(
        interval(actual.auc() - base.auc(), auc),
        interval(actual.brier() - base.brier(), brier),
        interval(actual.logLoss() - base.logLoss(), logLoss),
        Arrays.stream(brier).filter(difference -> difference <= ROUNDING).count() / (double) DRAWS,
        Arrays.stream(auc).filter(difference -> difference >= -AUC_MARGIN - ROUNDING).count()
            / (double) DRAWS);
  }

  private static double[] differences(
      List<Summary> policy, List<Summary> base, ToDoubleFunction<Summary> figure) {
    double[] differences = new double[policy.size()];
    Arrays.setAll(
        differences, i -> figure.applyAsDouble(policy.get(i)) - figure.applyAsDouble(base.get(i)));
    return differences;
  }

  private static Interval interval(double value, double[] draws) {
    double[] sorted = draws.clone();
    Arrays.sort(sorted);
    return new Interval(
        ScoredOutcomes.known(value),
        ScoredOutcomes.known(sorted[LOW]),
        ScoredOutcomes.known(sorted[DRAWS - 1 - LOW]));
  }
}
