package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.prediction.FitResult.Minimum;
import io.rekindle.prediction.FitResult.Refused;
import io.rekindle.prediction.FitResult.Shortfall;
import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Properties of fits of random shops. The seed is printed; {@code -Drekindle.seed=N} repeats a run.
 */
class PolicyFitTest {

  private static final long NOW = RandomShop.NOW;
  private static final long DAY = RandomShop.DAY;
  private static final JsonMapper JSON = new JsonMapper();

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldNeverLowerTheProbabilityForMoreRecentOrMoreFrequentOrders() {
    for (int i = 0; i < 10; i++) {
      ListedShop shop = RandomShop.of(random, 1_500);
      FittedPolicy policy = fitted(shop);
      Scorer scorer = new Scorer(policy.policy());
      assertThat(policy.perMille()).hasSize(101).isSorted();
      for (List<Order> client : shop.byUser().values()) {
        int known = perMille(scorer, client);
        long last = client.get(client.size() - 1).placedAt();
        // Whole days, since other times can make two order days one.
        long later = random.nextLong(0, (NOW - last) / DAY + 1) * DAY;
        String what = "seed %d, %s".formatted(seed, client);
        assertThat(perMille(scorer, moved(client, later))).as(what).isGreaterThanOrEqualTo(known);

        List<Order> more = new ArrayList<>(client);
        more.add(new Order("more", NOW, 100));
        assertThat(perMille(scorer, more)).as(what).isGreaterThanOrEqualTo(known);
      }
    }
  }

  @Test
  void shouldNotDependOnTheSequenceOfRows() {
    ListedShop shop = RandomShop.of(random, 1_000);
    List<Order> shuffled = new ArrayList<>(shop.orders());
    Collections.shuffle(shuffled, new Random(random.nextLong()));

    assertThat(fitted(new ListedShop(shuffled)).document())
        .as("seed %d", seed)
        .isEqualTo(fitted(shop).document());
  }

  /** The thresholds follow the workload of cadence-v1, whose reference is an absolute amount. */
  @Test
  void shouldOnlyScaleTheReferenceWithTheAmounts() throws Exception {
    ListedShop shop = RandomShop.of(random, 1_000);
    int factor = random.nextInt(2, 1_000);
    ListedShop scaled =
        new ListedShop(
            shop.orders().stream()
                .map(o -> new Order(o.userId(), o.placedAt(), o.net() * factor))
                .toList());
    FittedPolicy policy = fitted(shop);
    FittedPolicy other = fitted(scaled);

    assertThat(other.reference()).isEqualTo(factor * policy.reference());
    assertThat(withoutAmounts(other)).as("seed %d", seed).isEqualTo(withoutAmounts(policy));
  }

  @Test
  void shouldIgnoreOrdersAfterTheInstant() {
    ListedShop shop = RandomShop.of(random, 1_000);
    List<Order> more = new ArrayList<>(shop.orders());
    more.add(new Order(more.get(0).userId(), NOW + 1, 5_000));
    more.add(new Order("later", NOW + DAY, 5_000));

    assertThat(fitted(new ListedShop(more)).document()).isEqualTo(fitted(shop).document());
  }

  @Test
  void shouldTellWhichMinimaAreMissing() {
    assertThat(refused(new ListedShop(List.of())))
        .containsExactly(
            new Shortfall(Minimum.CLIENTS, 0), new Shortfall(Minimum.REPEAT_CLIENTS, 0));
    assertThat(new Refused(refused(new ListedShop(List.of()))).sentence())
        .isEqualTo(
            "0 clients with an order, at least 200 are needed; 0 clients with two order days, at"
                + " least 50 are needed");

    List<Order> silent = new ArrayList<>();
    for (int client = 0; client < 400; client++) {
      silent.add(new Order("c" + client, NOW - 720 * DAY, 1_000));
      if (client < 60) {
        silent.add(new Order("c" + client, NOW - 719 * DAY, 1_000));
      }
    }
    assertThat(refused(new ListedShop(silent)))
        .extracting(Shortfall::minimum)
        .containsExactly(Minimum.RETURNS);
  }

  @Test
  void shouldFitAYoungShopByTheTeacherAlone() {
    List<Order> orders = new ArrayList<>();
    for (int client = 0; client < 600; client++) {
      int days = random.nextInt(6) == 0 ? random.nextInt(2, 5) : 1;
      for (int day = 0; day < days; day++) {
        orders.add(new Order("c" + client, NOW - random.nextLong(1, 60 * DAY), 1_000 + client));
      }
    }
    FittedPolicy policy = fitted(new ListedShop(orders));
    assertThat(policy.snapshots()).isZero();
    assertThat(policy.examples()).isZero();
    assertThat(policy.weight()).isEqualTo(300);
  }

  private static ObjectNode withoutAmounts(FittedPolicy policy) throws Exception {
    ObjectNode document = (ObjectNode) JSON.readTree(policy.document());
    ((ObjectNode) document.get("value")).remove("reference");
    ((ObjectNode) document.get("detail")).remove("v0");
    document.remove(List.of("atRisk", "bands", "segments"));
    return document;
  }

  private static List<Order> moved(List<Order> client, long later) {
    return client.stream()
        .map(order -> new Order(order.userId(), order.placedAt() + later, order.net()))
        .toList();
  }

  private static int perMille(Scorer scorer, List<Order> client) {
    Score score = scorer.score(ListedShop.table(client), NOW, Score.NEVER);
    return Math.max(0, score.orderPerMille());
  }

  private FittedPolicy fitted(ListedShop shop) {
    FitResult result = PolicyFit.fit(shop, NOW);
    assertThat(result).as("seed %d", seed).isInstanceOf(FitResult.Fitted.class);
    return ((FitResult.Fitted) result).policy();
  }

  private static List<Shortfall> refused(ListedShop shop) {
    return ((Refused) PolicyFit.fit(shop, NOW)).shortfalls();
  }
}
