package io.rekindle.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.OrderList.Order;
import io.rekindle.scoring.ReferenceScorer.Moment;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.past.PastCause;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.PastScore;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.RandomPolicies;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The reconstruction of random users against the score by brute force at every instant that could
 * matter. The seed is printed; {@code -Drekindle.seed=N} repeats a run.
 */
class PastAgainstReferenceTest {

  private static final long DAY = 86_400_000;
  private static final long NOW = 1_753_005_600_000L;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final long seed = Long.getLong("rekindle.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  /** An order as the shop has it today; null where the instant is unknown. */
  private record ShopOrder(
      String id,
      long placedAt,
      long amount,
      long refunded,
      boolean cancelled,
      Long cancelledAt,
      Long refundedAt) {

    /** The instant from which a cancellation is known. */
    long cancelledFrom() {
      return cancelledAt == null ? placedAt : Math.max(placedAt, cancelledAt);
    }

    long refundedFrom() {
      return refundedAt == null ? placedAt : Math.max(placedAt, refundedAt);
    }

    /** What happens to the order, in the order of causes. A cancelled order has no more events. */
    Map<PastCause, Long> events() {
      Map<PastCause, Long> events = new TreeMap<>();
      events.put(PastCause.ORDER_PLACED, placedAt);
      if (refunded > 0 && refundedFrom() > placedAt) {
        events.put(PastCause.ORDER_REFUNDED, refundedFrom());
      }
      if (cancelled) {
        events.values().removeIf(at -> at > placedAt && at >= cancelledFrom());
        if (cancelledFrom() > placedAt) {
          events.put(PastCause.ORDER_CANCELLED, cancelledFrom());
        }
      }
      return events;
    }

    long netAt(long instant) {
      if (cancelled && cancelledFrom() <= instant) {
        return 0;
      }
      return refundedFrom() <= instant ? amount - refunded : amount;
    }
  }

  private record Row(long asOf, Moment moment, Moment previous, PastCause cause, String causeId) {}

  @BeforeEach
  void printSeed() {
    System.out.println("rekindle.seed=" + seed);
  }

  @Test
  void shouldAgreeOnCadence() throws Exception {
    compare(ScoringPolicy.builtIn("cadence-v1"), 300);
  }

  @Test
  void shouldAgreeOnDocument() throws Exception {
    compare(ScoringPolicy.builtIn("document-v1"), 200);
  }

  @Test
  void shouldAgreeOnAnyValidPolicy() throws Exception {
    RandomPolicies policies = new RandomPolicies(random);
    for (int i = 0; i < 300; i++) {
      compare(ScoringPolicy.parse(policies.next().toString()), 2);
    }
  }

  @Test
  void shouldCountTheNewestOrdersOnly() {
    PastOrders orders = new PastOrders();
    int surplus = 3;
    for (int i = 0; i < PastOrders.MAX_ORDERS + surplus; i++) {
      orders.add("o" + i, i, 100, 0, CurrencyCodes.BASE, false, PastOrders.NEVER, PastOrders.NEVER);
    }
    new Reconstruction(ScoringPolicy.byDefault()).run(orders, 0, 0, DAY, row -> {});
    assertThat(orders.size()).isEqualTo(PastOrders.MAX_ORDERS);
    assertThat(orders.placedAt(0)).isEqualTo(surplus);
  }

  private void compare(ScoringPolicy policy, int users) throws Exception {
    JsonNode json = JSON.readTree(policy.json());
    Reconstruction reconstruction = new Reconstruction(policy);
    PastOrders reused = new PastOrders();
    for (int i = 0; i < users; i++) {
      List<ShopOrder> orders = orders();
      long createdAt = NOW - random.nextLong(0, 900 * DAY);
      long from = NOW - random.nextLong(1, 1_000 * DAY);
      long until = NOW - random.nextLong(0, 10 * DAY);
      List<Row> rows = new ArrayList<>();
      reused.clear();
      orders.forEach(order -> add(order, reused));
      reconstruction.run(reused, createdAt, from, until, row -> rows.add(copy(row)));
      assertThat(rows)
          .as(
              "seed %d, from %d until %d, created %d, %s, %s",
              seed, from, until, createdAt, orders, policy.json())
          .isEqualTo(expected(json, orders, createdAt, from, until));
    }
  }

  private static void add(ShopOrder order, PastOrders orders) {
    orders.add(
        order.id(),
        order.placedAt(),
        order.amount(),
        order.refunded(),
        CurrencyCodes.BASE,
        order.cancelled(),
        order.cancelledAt() == null ? PastOrders.NEVER : order.cancelledAt(),
        order.refundedAt() == null ? PastOrders.NEVER : order.refundedAt());
  }

  private static Row copy(PastScore row) {
    Map<Factor, Double> points = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      points.put(factor, row.points(factor));
    }
    PastScore.Previous previous = row.previous();
    return new Row(
        row.asOf(),
        new Moment(row.score(), points, row.band(), row.segment(), row.atRisk()),
        previous == null
            ? null
            : new Moment(previous.score(), null, previous.band(), null, previous.atRisk()),
        row.cause(),
        row.causeId());
  }

  private static List<Row> expected(
      JsonNode policy, List<ShopOrder> orders, long createdAt, long from, long until) {
    long knownSince =
        Math.min(
            createdAt, orders.stream().mapToLong(ShopOrder::placedAt).min().orElse(Long.MAX_VALUE));
    if (Math.max(from, knownSince) >= until) {
      return List.of();
    }
    NavigableSet<Long> changes = new TreeSet<>();
    changes.add(Math.max(from, knownSince));
    for (ShopOrder order : orders) {
      changes.addAll(List.of(order.placedAt(), order.refundedFrom()));
      if (order.cancelled()) {
        changes.add(order.cancelledFrom());
      }
    }
    NavigableSet<Long> changesInTime =
        changes.subSet(Math.max(from, knownSince), true, until, false);
    List<Row> rows = new ArrayList<>();
    Moment before = null;
    for (long change : changesInTime) {
      ReferenceScorer scorer = at(policy, orders, change);
      Long next = changesInTime.higher(change);
      NavigableSet<Long> instants = new TreeSet<>(List.of(change));
      instants.addAll(
          scorer.candidates().subSet(change, false, next == null ? until : next, false));
      for (long instant : instants) {
        Moment moment = scorer.prospect() ? prospect() : scorer.at(instant);
        if (before == null || !visible(moment).equals(visible(before))) {
          rows.add(row(instant, moment, before, orders, change, knownSince, from));
        }
        before = moment;
      }
    }
    return rows;
  }

  private static Row row(
      long instant,
      Moment moment,
      Moment before,
      List<ShopOrder> orders,
      long change,
      long knownSince,
      long from) {
    Moment previous =
        before == null
            ? null
            : new Moment(before.score(), null, before.band(), null, before.atRisk());
    if (before == null && knownSince < from) {
      return new Row(instant, moment, null, PastCause.SNAPSHOT, null);
    }
    if (instant > change) {
      return new Row(instant, moment, previous, PastCause.TIME, null);
    }
    PastCause cause = PastCause.USER_CREATED;
    String causeId = null;
    for (ShopOrder order : orders) {
      for (Map.Entry<PastCause, Long> event : order.events().entrySet()) {
        if (event.getValue() == change) {
          cause = event.getKey();
          causeId = order.id();
        }
      }
    }
    return new Row(instant, moment, previous, cause, causeId);
  }

  private static List<Object> visible(Moment moment) {
    return List.of(moment.score(), moment.band(), moment.segment(), moment.atRisk());
  }

  private static Moment prospect() {
    Map<Factor, Double> points = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      points.put(factor, 0.0);
    }
    return new Moment(0, points, Band.PROSPECT, Segment.PROSPECT, false);
  }

  private static ReferenceScorer at(JsonNode policy, List<ShopOrder> orders, long instant) {
    return new ReferenceScorer(
        policy,
        orders.stream()
            .filter(order -> order.placedAt() <= instant)
            .map(order -> new Order(order.placedAt(), order.netAt(instant)))
            .toList(),
        instant,
        null);
  }

  private List<ShopOrder> orders() {
    List<ShopOrder> orders = new ArrayList<>();
    int size = random.nextInt(4) == 0 ? random.nextInt(30) : random.nextInt(6);
    long placedAt = NOW - random.nextLong(0, 800 * DAY);
    for (int i = 0; i < size; i++) {
      placedAt +=
          switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextLong(0, 2);
            case 2 -> random.nextLong(0, DAY);
            default -> random.nextLong(-40 * DAY, 120 * DAY);
          };
      long amount = random.nextLong(0, 20_000);
      boolean refunded = random.nextInt(5) == 0;
      orders.add(
          new ShopOrder(
              "o%02d".formatted(i),
              placedAt,
              amount,
              refunded ? random.nextLong(0, amount + 100) : 0,
              random.nextInt(5) == 0,
              random.nextBoolean() ? later(placedAt) : null,
              random.nextBoolean() ? later(placedAt) : null));
    }
    orders.sort(Comparator.comparingLong(ShopOrder::placedAt).thenComparing(ShopOrder::id));
    return orders;
  }

  private Long later(long placedAt) {
    return switch (random.nextInt(4)) {
      case 0 -> placedAt;
      case 1 -> placedAt - DAY;
      default -> placedAt + random.nextLong(0, 60 * DAY);
    };
  }
}
