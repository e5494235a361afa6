package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.prediction.FitResult.Minimum;
import io.rekindle.prediction.FitResult.Refused;
import io.rekindle.prediction.FitResult.Shortfall;
import io.rekindle.prediction.ListedShop.Order;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Arrays;
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

  @Test
  void shouldFitSeveralInstantsAtOnceAsOneByOne() {
    ListedShop shop = RandomShop.of(random, 1_000);
    long[] instants = {NOW - 420 * DAY, NOW - 150 * DAY, NOW - 150 * DAY + 28 * DAY, NOW - 5};

    List<FitResult> together =
        PolicyFit.fit(shop, instants, 90, ShopCurrency.FACE_VALUE, List.of(), true);

    assertThat(together)
        .as("seed %d", seed)
        .isEqualTo(
            Arrays.stream(instants).mapToObj(instant -> PolicyFit.fit(shop, instant)).toList());
  }

  @Test
  void shouldConvertAmountsAsTheEngineDoes() throws Exception {
    ListedShop shop = RandomShop.of(random, 1_000);
    ScoringPolicy rates =
        ScoringPolicy.parse(
            ScoringPolicy.byDefault()
                .json()
                .replaceFirst(
                    "\\{", "{\"currency\":{\"base\":\"EUR\",\"rates\":{\"USD\":\"0.5\"}},"));
    ShopCurrency currency = ShopCurrency.of(rates);

    FittedPolicy mixed = fitted(inTurns(shop, 2, "USD", "EUR"), currency);

    JsonNode document = JSON.readTree(mixed.document());
    assertThat(document.get("currency"))
        .isEqualTo(JSON.readTree("{\"base\":\"EUR\",\"rates\":{\"USD\":\"0.5\"}}"));
    ((ObjectNode) document).remove("currency");
    assertThat(document).as("seed %d", seed).isEqualTo(JSON.readTree(fitted(shop).document()));

    // Without rates every amount counts at face value, whatever its currency.
    assertThat(fitted(inTurns(shop, 1, "EUR", "SEK"), ShopCurrency.FACE_VALUE).document())
        .isEqualTo(fitted(shop).document());

    // Without a rate an order counts, and its amount does not.
    FittedPolicy unknown = fitted(inTurns(shop, 1, "EUR", "SEK"), currency);
    assertThat(unknown.orders()).isEqualTo(mixed.orders());
    assertThat(unknown.clients()).isEqualTo(mixed.clients());
    Scorer scorer = new Scorer(unknown.policy());
    int[] examples = new int[1];
    inTurns(shop, 1, "EUR", "SEK")
        .forEachClient(
            (user, orders) -> {
              Score score = scorer.score(orders, NOW, Score.NEVER);
              examples[0] += score.scored() ? 1 : 0;
            });
    assertThat(examples[0]).isEqualTo(unknown.clients());
  }

  /** Every second order of a client in the first currency, for so many of its units. */
  private static ShopOrders inTurns(ListedShop shop, int units, String first, String second) {
    return visitor ->
        shop.byUser()
            .forEach(
                (user, orders) -> {
                  OrderTable table = new OrderTable();
                  for (Order order : orders) {
                    boolean even = table.size() % 2 == 0;
                    table.add(
                        order.placedAt(),
                        even ? units * order.net() : order.net(),
                        CurrencyCodes.pack(even ? first : second));
                  }
                  visitor.client(user, table);
                });
  }

  private FittedPolicy fitted(ShopOrders shop, ShopCurrency currency) {
    FitResult result = PolicyFit.fit(shop, NOW, currency);
    assertThat(result).as("seed %d", seed).isInstanceOf(FitResult.Fitted.class);
    return ((FitResult.Fitted) result).policy();
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
