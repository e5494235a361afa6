package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.rekindle.scoring.policy.SpendModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Gamma-Gamma model against its density as the literature writes it, and shops made by it. */
class SpendModelTest {

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldBeMoreLikelyThanItsNeighbours() {
    for (int i = 0; i < 20; i++) {
      List<RepeatSpend> clients = clients(50 + random.nextInt(300));
      SpendModel model = SpendModelFit.fit(clients, 4_000);
      double best = likelihood(model, clients);
      for (double step : new double[] {-1e-3, 1e-3}) {
        double more = Math.exp(step);
        double q = 1 + (model.q() - 1) * more;
        for (SpendModel other :
            List.of(
                new SpendModel(model.p() * more, model.q(), model.gamma(), 4_000),
                new SpendModel(model.p(), q, model.gamma(), 4_000),
                new SpendModel(model.p(), model.q(), model.gamma() * more, 4_000),
                new SpendModel(model.p(), q, model.gamma() * more, 4_000),
                new SpendModel(model.p() * more, model.q(), model.gamma() / more, 4_000))) {
          assertThat(likelihood(other, clients))
              .as("seed %d, %s beside %s", seed, other, model)
              .isLessThan(best);
        }
      }
    }
  }

  @Test
  void shouldFindTheModelThatMadeTheOrders() {
    List<RepeatSpend> clients = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int orders = 1 + random.nextInt(6);
      // Gamma with whole shapes: sums of exponentials.
      double rate = gamma(4) / 30;
      clients.add(new RepeatSpend(orders, Math.max(1, Math.round(100 * gamma(3 * orders) / rate))));
    }

    SpendModel model = SpendModelFit.fit(clients, 3_000);

    assertThat(model.p()).as("seed %d", seed).isCloseTo(3, within(0.3));
    assertThat(model.q()).as("seed %d", seed).isCloseTo(4, within(0.6));
    assertThat(model.p() * model.gamma() / (model.q() - 1)).isCloseTo(30, within(2.0));
  }

  @Test
  void shouldExpectWhatTheFormulaSays() {
    SpendModel model = new SpendModel(3, 4, 30, 2_950);
    assertThat(model.expectedMinor(0, 0)).isEqualTo(2_950);
    double weight = 3 * 2 / (3 * 2 + 4 - 1.0);
    assertThat(model.expectedMinor(2, 10_000))
        .isCloseTo(weight * 5_000 + (1 - weight) * 100 * 3 * 30 / 3, within(1e-9));
  }

  @Test
  void shouldNotDependOnTheSequenceOfClientsAndScaleWithTheAmounts() {
    List<RepeatSpend> clients = clients(300);
    SpendModel model = SpendModelFit.fit(clients, 4_000);
    List<RepeatSpend> reversed = new ArrayList<>(clients);
    Collections.reverse(reversed);
    assertThat(SpendModelFit.fit(reversed, 4_000)).isEqualTo(model);

    SpendModel scaled =
        SpendModelFit.fit(
            clients.stream().map(c -> new RepeatSpend(c.orders(), 8 * c.total())).toList(), 32_000);
    assertThat(scaled).isEqualTo(new SpendModel(model.p(), model.q(), 8 * model.gamma(), 32_000));
  }

  @Test
  void shouldFitAShopWhoseClientsAllSpendAlikeOrNeverReturn() {
    List<RepeatSpend> alike = Collections.nCopies(500, new RepeatSpend(3, 12_000));
    assertThat(SpendModelFit.fit(alike, 4_000).expectedMinor(3, 12_000))
        .isCloseTo(4_000, within(20.0));
    for (int i = 0; i < 100; i++) {
      // A subscription: one price, and any number of orders.
      int price = 1 + random.nextInt(1_000_000);
      List<RepeatSpend> subscribers = new ArrayList<>();
      for (int client = random.nextInt(1, 2_000); client > 0; client--) {
        int orders = random.nextInt(0, 30);
        subscribers.add(new RepeatSpend(orders, (long) orders * price));
      }
      assertThat(SpendModelFit.fit(subscribers, price).expectedMinor(3, 3L * price))
          .as("seed %d, %d clients at %d", seed, subscribers.size(), price)
          .isCloseTo(price, withinPercentage(5));
    }
    assertThat(SpendModelFit.fit(List.of(new RepeatSpend(0, 0)), 4_000).q())
        .isCloseTo(4, within(1e-9));
  }

  @Test
  void shouldComputeLogGammaAndItsDerivatives() {
    assertThat(GammaFunctions.of(1).logGamma()).isCloseTo(0, within(1e-13));
    assertThat(GammaFunctions.of(11).logGamma()).isCloseTo(Math.log(3_628_800), within(1e-12));
    assertThat(GammaFunctions.of(0.5).logGamma()).isCloseTo(Math.log(Math.PI) / 2, within(1e-13));
    assertThat(GammaFunctions.of(1).digamma()).isCloseTo(-0.5772156649015329, within(1e-13));
    assertThat(GammaFunctions.of(1).trigamma()).isCloseTo(Math.PI * Math.PI / 6, within(1e-13));
    assertThat(GammaFunctions.of(0.5).trigamma()).isCloseTo(Math.PI * Math.PI / 2, within(1e-12));
  }

  private double gamma(int shape) {
    double sum = 0;
    for (int i = 0; i < shape; i++) {
      sum -= Math.log(1 - random.nextDouble());
    }
    return sum;
  }

  private List<RepeatSpend> clients(int count) {
    List<RepeatSpend> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int orders = random.nextInt(3) == 0 ? random.nextInt(30) : random.nextInt(3);
      double mean = 4_000 * Math.exp(random.nextGaussian());
      clients.add(
          new RepeatSpend(orders, orders == 0 ? 0 : Math.max(1, Math.round(orders * mean))));
    }
    return clients;
  }

  /** Of the clients' average amounts, with the prior; amounts in units of the shop's mean. */
  private static double likelihood(SpendModel model, List<RepeatSpend> clients) {
    double p = model.p();
    double q = model.q();
    double gamma = model.gamma() * 100 / model.meanOrderMinor();
    double sum =
        -Math.pow(Math.log(p / 5) / 1.5, 2) / 2
            - Math.pow(Math.log((q - 1) / 3) / 1.5, 2) / 2
            - Math.pow(Math.log(gamma / 0.6) / 1.5, 2) / 2;
    for (RepeatSpend client : clients) {
      int x = client.orders();
      if (x > 0) {
        double mean = (double) client.total() / x / model.meanOrderMinor();
        sum +=
            logGamma(p * x + q)
                - logGamma(p * x)
                - logGamma(q)
                + q * Math.log(gamma)
                + (p * x - 1) * Math.log(mean)
                + p * x * Math.log(x)
                - (p * x + q) * Math.log(gamma + x * mean)
                - (p + q - 1) / 100_000;
      }
    }
    return sum;
  }

  /** By Lanczos' approximation. */
  private static double logGamma(double x) {
    double[] coefficients = {
      0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531,
      -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6,
      1.5056327351493116e-7
    };
    double series = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      series += coefficients[i] / (x - 1 + i);
    }
    double t = x + 6.5;
    return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(series);
  }
}
