package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The buyer model against its likelihood as the literature writes it, with log-gammas. */
class BuyerModelTest {

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldBeMoreLikelyThanItsNeighbours() {
    for (int i = 0; i < 20; i++) {
      List<BuyingRecord> clients = clients(random.nextInt(50, 400));
      BuyerModel model = BuyerModelFit.fit(clients);
      double best = likelihood(model, clients);
      for (double step : new double[] {-1e-3, 1e-3}) {
        double more = Math.exp(step);
        for (BuyerModel other :
            List.of(
                new BuyerModel(model.r() * more, model.alpha(), model.a(), model.b()),
                new BuyerModel(model.r(), model.alpha() * more, model.a(), model.b()),
                new BuyerModel(model.r(), model.alpha(), model.a() * more, model.b()),
                new BuyerModel(model.r(), model.alpha(), model.a(), model.b() * more),
                new BuyerModel(model.r() * more, model.alpha() * more, model.a(), model.b()),
                new BuyerModel(model.r(), model.alpha(), model.a() * more, model.b() * more))) {
          assertThat(likelihood(other, clients))
              .as("seed %d, %s beside %s", seed, other, model)
              .isLessThan(best);
        }
      }
    }
  }

  @Test
  void shouldNotDependOnTheSequenceOfClients() {
    List<BuyingRecord> clients = clients(300);
    List<BuyingRecord> reversed = new ArrayList<>(clients);
    Collections.reverse(reversed);
    assertThat(BuyerModelFit.fit(reversed)).isEqualTo(BuyerModelFit.fit(clients));
  }

  @Test
  void shouldGiveProbabilitiesByTheFormula() {
    BuyerModel model = new BuyerModel(0.7, 8.8, 0.5, 3);
    BuyingRecord client = new BuyingRecord(4, 20.0 / 7, 300.0 / 7);
    double active = 1 / (1 + 0.5 / 7 * Math.pow((8.8 + 300.0 / 7) / (8.8 + 20.0 / 7), 4.7));
    assertThat(model.active(client)).isCloseTo(active, within(1e-12));
    assertThat(model.ordersWithin(client, 90.0 / 7))
        .isCloseTo(
            active * (1 - Math.pow((8.8 + 300.0 / 7) / (8.8 + 390.0 / 7), 4.7)), within(1e-12));
  }

  @Test
  void shouldExpectTheOrderDaysOfTheHypergeometricFormula() {
    for (int i = 0; i < 500; i++) {
      BuyerModel model = randomModel();
      BuyingRecord client = clients(1).get(0);
      double weeks = random.nextDouble(1, 100);
      if (Math.abs(model.a() - 1) < 0.01) {
        continue;
      }
      double x = client.repeats();
      double z = weeks / (model.alpha() + client.age() + weeks);
      double gauss = gauss(model.r() + x, model.b() + x + 1, model.a() + model.b() + x, z);
      double expected =
          model.active(client)
              * (model.a() + model.b() + x)
              / (model.a() - 1)
              * (1 - Math.pow(1 - z, model.r() + x) * gauss);
      assertThat(model.orderDaysWithin(client, weeks))
          .as("seed %d, %s, %s, %s weeks", seed, model, client, weeks)
          .isCloseTo(expected, withinPercentage(1e-4));
    }
  }

  @Test
  void shouldExpectMoreInALongerTimeAndAtLeastTheProbability() {
    for (int i = 0; i < 500; i++) {
      BuyerModel model = randomModel();
      BuyingRecord client = clients(1).get(0);
      double weeks = random.nextDouble(1, 100);
      assertThat(model.orderDaysWithin(client, weeks))
          .as("seed %d, %s, %s, %s weeks", seed, model, client, weeks)
          .isGreaterThanOrEqualTo(model.ordersWithin(client, weeks) * (1 - 1e-9))
          .isLessThan(model.orderDaysWithin(client, 1.1 * weeks));
    }
  }

  @Test
  void shouldInvertTheProbability() {
    for (int i = 0; i < 500; i++) {
      BuyerModel model = randomModel();
      BuyingRecord client = clients(1).get(0);
      double probability = random.nextDouble(0.01, 0.99);
      double weeks = model.weeksUntil(client, probability);
      if (probability >= model.active(client)) {
        assertThat(weeks).isInfinite();
      } else if (weeks < 1e6) {
        assertThat(model.ordersWithin(client, weeks))
            .as("seed %d, %s, %s", seed, model, client)
            .isCloseTo(probability, within(1e-9));
      }
    }
  }

  private BuyerModel randomModel() {
    return new BuyerModel(
        Math.exp(random.nextDouble(-2, 2)),
        Math.exp(random.nextDouble(0, 4)),
        Math.exp(random.nextDouble(random.nextInt(4) == 0 ? -6 : -2, 2)),
        Math.exp(random.nextDouble(-2, 3)));
  }

  /** Gauss' series. */
  private static double gauss(double a, double b, double c, double z) {
    double term = 1;
    double sum = 1;
    for (int n = 0; n < 100_000 && Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
      sum += term;
    }
    return sum;
  }

  private List<BuyingRecord> clients(int count) {
    List<BuyingRecord> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double age = random.nextInt(1, 700) / 7.0;
      int repeats = random.nextInt(3) == 0 ? random.nextInt(0, 40) : random.nextInt(0, 3);
      double lastAt = repeats == 0 ? 0 : Math.floor(age * 7 * random.nextDouble()) / 7;
      clients.add(new BuyingRecord(repeats, lastAt, age));
    }
    return clients;
  }

  private static double likelihood(BuyerModel model, List<BuyingRecord> clients) {
    double sum = 0;
    double[] parameters = {model.r(), model.alpha(), model.a(), model.b()};
    double[] means = {1, 10, 1, 2};
    for (int i = 0; i < 4; i++) {
      sum -= Math.pow(Math.log(parameters[i] / means[i]) / 1.5, 2) / 2;
    }
    for (BuyingRecord client : clients) {
      double shape = model.r() + client.repeats();
      double stays =
          logBeta(model.a(), model.b() + client.repeats() + 1)
              - logBeta(model.a(), model.b())
              - shape * Math.log(model.alpha() + client.age());
      double leaves =
          logBeta(model.a() + 1, model.b() + client.repeats())
              - logBeta(model.a(), model.b())
              - shape * Math.log(model.alpha() + client.lastAt());
      double larger = Math.max(stays, leaves);
      sum +=
          logGamma(shape)
              - logGamma(model.r())
              + model.r() * Math.log(model.alpha())
              + larger
              + Math.log(Math.exp(stays - larger) + Math.exp(leaves - larger));
    }
    return sum;
  }

  private static double logBeta(double p, double q) {
    return logGamma(p) + logGamma(q) - logGamma(p + q);
  }

  /** Stirling's series after a shift to 20. */
  private static double logGamma(double x) {
    double shift = 0;
    double z = x;
    while (z < 20) {
      shift -= Math.log(z);
      z++;
    }
    return shift
        + (z - 0.5) * Math.log(z)
        - z
        + Math.log(2 * Math.PI) / 2
        + 1 / (12 * z)
        - 1 / (360 * Math.pow(z, 3))
        + 1 / (1260 * Math.pow(z, 5));
  }
}
