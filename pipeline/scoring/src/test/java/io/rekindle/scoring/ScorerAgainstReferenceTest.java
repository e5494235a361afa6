package io.rekindle.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.OrderList.Order;
import io.rekindle.scoring.ReferenceScorer.Moment;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.RandomPolicies;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Random histories, many of them on a threshold on purpose. The seed is printed; {@code
 * -Drekindle.seed=N} repeats a run.
 */
class ScorerAgainstReferenceTest {

  private static final long DAY = 86_400_000;
  private static final long SUMMER_2025 = 1_753_005_600_000L;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldAgreeOnCadence() throws Exception {
    compare(ScoringPolicy.builtIn("cadence-v1"), 10_000);
  }

  @Test
  void shouldAgreeOnDocument() throws Exception {
    compare(ScoringPolicy.builtIn("document-v1"), 5_000);
  }

  @Test
  void shouldAgreeOnAnyValidPolicy() throws Exception {
    RandomPolicies policies = new RandomPolicies(random);
    for (int i = 0; i < 1_000; i++) {
      ScoringPolicy policy = ScoringPolicy.parse(policies.next().toString());
      compare(random.nextBoolean() ? policy : policy.withModel(money()), 10);
    }
  }

  private PolicyModel money() throws InvalidPolicyException {
    return PolicyModel.parse(
        "{\"version\":\"m\",\"money\":{\"p\":%s,\"q\":%s,\"gamma\":%s,\"meanOrderValue\":\"%d.00\"}}"
            .formatted(
                random.nextDouble(0.1, 20),
                random.nextDouble(1.1, 20),
                random.nextDouble(0.1, 500),
                random.nextInt(1, 500)));
  }

  private void compare(ScoringPolicy policy, int histories) throws JsonProcessingException {
    JsonNode json = JSON.readTree(policy.json());
    Scorer scorer = new Scorer(policy);
    for (int i = 0; i < histories; i++) {
      long around = around();
      OrderList orders = orders(json, around);
      Long contact = random.nextBoolean() ? around - random.nextLong(-2 * DAY, 40 * DAY) : null;
      long asOf = asOf(json, orders, around, contact);
      compare(scorer, policy, json, orders, asOf, contact);
    }
  }

  private void compare(
      Scorer scorer,
      ScoringPolicy parsed,
      JsonNode policy,
      OrderList orders,
      long asOf,
      Long contact) {
    long lastContactAt = contact == null ? Score.NEVER : contact;
    final Score score = scorer.score(orders, asOf, lastContactAt);
    ReferenceScorer expected = new ReferenceScorer(policy, orders.list(), asOf, contact);
    String what =
        "seed %d, as of %d, contact %s, %s, %s".formatted(seed, asOf, contact, orders, policy);

    assertThat(score.scored()).as(what).isEqualTo(!expected.prospect());
    if (expected.prospect()) {
      assertThat(score.segment()).as(what).isEqualTo(Segment.PROSPECT);
      assertThat(score.nextReview()).as(what).isEqualTo(Score.NEVER);
      return;
    }
    Moment moment =
        new Moment(score.score(), points(score), score.band(), score.segment(), score.atRisk());
    assertThat(moment).as(what).isEqualTo(expected.at(asOf));
    if (!parsed.hasBuiltInProbability()) {
      Integer perMille = expected.orderPerMille(score.score());
      assertThat(score.orderPerMille())
          .as(what)
          .isEqualTo(perMille == null ? Score.NO_PROBABILITY : perMille.intValue());
      Long stake = parsed.money().map(expected::valueAtStake).orElse(null);
      assertThat(score.valueAtStake()).as(what).isEqualTo(stake == null ? Score.NO_VALUE : stake);
    }
    assertThat(instant(score.atRiskSince())).as(what).isEqualTo(expected.atRiskSince());
    assertThat(instant(score.nextChange())).as(what).isEqualTo(expected.nextChange());
    assertThat(instant(score.nextReview())).as(what).isEqualTo(expected.nextReview());
    assertThat(score.usualGap()).as(what).isEqualTo(expected.gap());
    assertThat(score.orderDays()).as(what).isEqualTo(expected.orderDays(asOf));
    assertThat(score.orderDaysEver()).as(what).isEqualTo(expected.orderDaysEver());
    assertThat(score.spendMinor()).as(what).isEqualTo(expected.spend(asOf));
    assertThat(score.totalSpendMinor()).as(what).isEqualTo(expected.totalSpend());
    assertThat(score.orderCount()).as(what).isEqualTo(expected.orderCount());
    assertThat(score.unconvertedOrders()).as(what).isEqualTo(expected.unconverted());
    assertThat(score.lastOrderAt()).as(what).isEqualTo(expected.last());

    // Instants that no list of thresholds names: nothing may differ before the next review.
    long until = score.nextReview() == Score.NEVER ? asOf + 4_000 * DAY : score.nextReview();
    assertThat(expected.at(random.nextLong(asOf, until))).as(what).isEqualTo(moment);
    if (score.nextReview() != Score.NEVER) {
      assertThat(score.nextCrossing()).as(what).isBetween(asOf + 1, score.nextReview());
    }
  }

  private static Map<Factor, Double> points(Score score) {
    Map<Factor, Double> points = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      points.put(factor, score.points(factor));
    }
    return points;
  }

  private static Optional<Long> instant(long instant) {
    return instant == Score.NEVER ? Optional.empty() : Optional.of(instant);
  }

  private long around() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong(-400 * DAY, 400 * DAY);
      case 1 -> SUMMER_2025 / DAY * DAY;
      case 2 -> random.nextLong(-200_000 * DAY, 200_000 * DAY);
      default -> SUMMER_2025 + random.nextLong(-DAY, DAY);
    };
  }

  private OrderList orders(JsonNode policy, long around) {
    List<Order> orders = new ArrayList<>();
    List<Long> thresholds = thresholds(policy);
    int size = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(8);
    long step = random.nextLong(1, 90 * DAY);
    long placedAt = around - random.nextLong(0, 200 * DAY);
    while (orders.size() < size) {
      placedAt =
          switch (random.nextInt(10)) {
            case 0 -> around - thresholds.get(random.nextInt(thresholds.size())) + tick();
            case 1 -> placedAt;
            case 2 -> placedAt / DAY * DAY + tick();
            case 3 -> placedAt + random.nextLong(-DAY, DAY);
            case 4 -> around + random.nextLong(0, 2 * DAY);
            case 5 -> around - random.nextLong(0, 1_000 * DAY);
            default -> placedAt - step;
          };
      orders.add(new Order(placedAt, net(policy), currency()));
    }
    return new OrderList(orders);
  }

  private static List<Long> thresholds(JsonNode policy) {
    List<Long> thresholds = new ArrayList<>();
    thresholds.add(0L);
    thresholds.add(Math.round(policy.get("windowDays").doubleValue() * DAY));
    for (JsonNode tier : policy.at("/recency/tiers")) {
      thresholds.add(Math.round(tier.get("fromDays").doubleValue() * DAY));
    }
    return thresholds;
  }

  private long net(JsonNode policy) {
    JsonNode reference = policy.at("/value/reference");
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> -random.nextLong(1, 10_000);
      case 2 -> 1;
      case 3 -> random.nextBoolean() ? Long.MAX_VALUE : 99_999_999_999_999L;
      case 4, 5 -> {
        long minor = reference.isMissingNode() ? 5_000 : Math.round(reference.asDouble() * 100);
        yield minor * random.nextInt(1, 9) / 2 + tick();
      }
      default -> random.nextLong(1, 20_000);
    };
  }

  private int currency() {
    return switch (random.nextInt(6)) {
      case 0 -> CurrencyCodes.pack("USD");
      case 1 -> CurrencyCodes.pack("GBP");
      case 2 -> CurrencyCodes.pack("JPY");
      case 3 -> CurrencyCodes.pack(random.nextBoolean() ? "BTC" : "XXX");
      case 4 -> CurrencyCodes.BASE;
      default -> CurrencyCodes.pack("EUR");
    };
  }

  private long asOf(JsonNode policy, OrderList orders, long around, Long contact) {
    ReferenceScorer reference = new ReferenceScorer(policy, orders.list(), around, contact);
    if (reference.prospect() || random.nextInt(3) == 0) {
      return around;
    }
    List<Long> instants = List.copyOf(reference.candidates());
    return instants.get(random.nextInt(instants.size()));
  }

  private int tick() {
    return random.nextInt(-1, 2);
  }
}
