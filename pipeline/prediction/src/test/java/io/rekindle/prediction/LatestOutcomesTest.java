package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.prediction.LatestOutcomes.Figures;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Policies on the last 90 days of random shops, beside the same by pairs of clients. */
class LatestOutcomesTest {

  private static final long HORIZON = 90 * RandomShop.DAY;
  private static final double CLOSE = 1e-9;

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());

  /** A client at the past instant. */
  private record Example(int score, boolean returned) {}

  @Test
  void shouldAgreeWithPairsOfClients() {
    SplittableRandom random = new SplittableRandom(seed);
    for (int shop = 0; shop < 60; shop++) {
      ListedShop orders = RandomShop.of(random, random.nextInt(1, 150));
      ScoringPolicy cadence = ScoringPolicy.builtIn("cadence-v1");
      ScoringPolicy other =
          PolicyFit.fit(orders, RandomShop.NOW - random.nextLong(HORIZON))
                  instanceof FitResult.Fitted fit
              ? fit.policy().policy()
              : cadence;
      LatestOutcomes outcomes = new LatestOutcomes(RandomShop.NOW, List.of(cadence, other));
      orders.forEachClient((userId, history) -> outcomes.add(history));

      assertThat(outcomes.instant()).isEqualTo(RandomShop.NOW - HORIZON);
      List<ScoringPolicy> policies = List.of(cadence, other);
      for (int i = 0; i < policies.size(); i++) {
        List<Example> examples = examples(orders, policies.get(i));
        String context = "seed " + seed + ", shop " + shop + ", policy " + i;
        assertThat(outcomes.clients()).as(context).isEqualTo(examples.size());
        assertThat(outcomes.returns())
            .as(context)
            .isEqualTo(examples.stream().filter(Example::returned).count());
        Figures figures = outcomes.figures(i);
        assertClose(context + ", auc", figures.auc(), auc(examples));
        assertClose(context + ", ece", figures.ece(), ece(examples, policies.get(i)));
      }
    }
  }

  @Test
  void shouldKnowNothingOfAShopWithoutClients() {
    ScoringPolicy policy = ScoringPolicy.builtIn("cadence-v1");
    LatestOutcomes outcomes = new LatestOutcomes(RandomShop.NOW, List.of(policy));
    outcomes.add(OrderHistory.EMPTY);

    assertThat(outcomes.clients()).isZero();
    assertThat(outcomes.figures(0)).isEqualTo(new Figures(null, null));
  }

  private static List<Example> examples(ListedShop shop, ScoringPolicy policy) {
    List<Example> examples = new ArrayList<>();
    long instant = RandomShop.NOW - HORIZON;
    shop.forEachClient(
        (userId, history) -> {
          OrderTable until = new OrderTable();
          boolean returned = false;
          for (int i = 0; i < history.size(); i++) {
            if (history.placedAt(i) <= instant) {
              until.add(history.placedAt(i), history.netMinor(i), history.currency(i));
            } else {
              returned |= history.netMinor(i) > 0 && history.placedAt(i) <= RandomShop.NOW;
            }
          }
          Score score = new Scorer(policy).score(until, instant, Score.NEVER);
          if (score.scored()) {
            examples.add(new Example((int) score.score(), returned));
          }
        });
    return examples;
  }

  /** The share of the pairs of one who returned and one who did not that the score ranks right. */
  private static double auc(List<Example> examples) {
    double right = 0;
    double pairs = 0;
    for (Example yes : examples) {
      for (Example no : examples) {
        if (yes.returned() && !no.returned()) {
          right += yes.score() > no.score() ? 1 : yes.score() == no.score() ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return right / pairs;
  }

  private static double ece(List<Example> examples, ScoringPolicy policy) {
    double error = 0;
    for (int tenth = 0; tenth < 10; tenth++) {
      double gap = 0;
      for (Example example : examples) {
        int perMille = policy.probability().orElseThrow().perMille(example.score());
        if (Math.min(9, perMille / 100) == tenth) {
          gap += perMille / 1000.0 - (example.returned() ? 1 : 0);
        }
      }
      error += Math.abs(gap);
    }
    return error / examples.size();
  }

  private static void assertClose(String context, Double found, double expected) {
    if (Double.isNaN(expected)) {
      assertThat(found).as(context).isNull();
    } else {
      assertThat(found).as(context).isCloseTo(expected, within(CLOSE));
    }
  }
}
