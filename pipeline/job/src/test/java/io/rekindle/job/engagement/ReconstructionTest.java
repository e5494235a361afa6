package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.job.ChangeFactory;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.past.PastCause;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.PastScore;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The reconstruction of thousands of random shops equals, row by row, what the operator emits when
 * the shop's rows are committed at their own dates. {@code -Drekindle.seed=N} begins with the shop
 * of a failure, and {@code -Drekindle.shops=N} runs more of them.
 */
class ReconstructionTest {

  private static final int SHOPS = Integer.getInteger("rekindle.shops", 2_000);

  private static final long FIRST_SEED = Long.getLong("rekindle.seed", new Random().nextLong());

  private static final int MAX_USERS = 4;

  /** Shops of one operator, which keeps users of different shops apart by their ids. */
  private static final int SHOPS_AT_ONCE = 100;

  private static final List<String> POLICIES = ScoringPolicy.builtInNames();

  private static final long END = START + 1_000 * DAY;

  /** An order as the shop has it in the end; 0 where the instant of a change is unknown. */
  private record Order(
      String id,
      long placedAt,
      long amount,
      long refunded,
      String currency,
      boolean cancelled,
      long cancelledAt,
      long refundedAt) {}

  private record Client(String id, long createdAt, List<Order> orders) {}

  /** A row of the history. */
  private record Row(
      long asOf,
      BigDecimal score,
      Map<Factor, BigDecimal> points,
      Band band,
      Segment segment,
      boolean atRisk,
      boolean first,
      BigDecimal previousScore,
      Band previousBand,
      Boolean previousAtRisk,
      String cause,
      String causeId,
      String policyVersion) {

    boolean looksAs(Row other) {
      return band == other.band
          && segment == other.segment
          && atRisk == other.atRisk
          && (score == null
              ? other.score == null
              : other.score != null && score.compareTo(other.score) == 0);
    }
  }

  @Test
  void theReconstructionIsWhatTheOperatorEmitsForRowsCommittedAtTheirOwnDates() throws Exception {
    Set<String> causes = new TreeSet<>();
    for (int shop = 0; shop < SHOPS; shop += SHOPS_AT_ONCE) {
      for (int policy = 0; policy < POLICIES.size(); policy++) {
        int shops = Math.min(SHOPS_AT_ONCE, SHOPS - shop) / POLICIES.size();
        compare(FIRST_SEED + shop + (long) policy * shops, shops, POLICIES.get(policy), causes);
      }
    }
    assertThat(causes)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(PastCause.values()).map(PastCause::name).toList());
  }

  private static void compare(long firstSeed, int shops, String policyName, Set<String> causes)
      throws Exception {
    Random random = new Random(firstSeed);
    long from = START - random.nextInt(500) * DAY - random.nextInt(1_000);
    List<Client> clients = new ArrayList<>();
    for (int shop = 0; shop < shops; shop++) {
      clients.addAll(clients(firstSeed + shop));
    }
    ScoringPolicy policy = ScoringPolicy.builtIn(policyName);
    Map<String, List<Row>> observed = observed(clients, from, policy);
    Reconstruction reconstruction = new Reconstruction(policy);
    PastOrders orders = new PastOrders();
    for (Client client : clients) {
      List<Row> rows = new ArrayList<>();
      orders.clear();
      client.orders().forEach(order -> add(order, orders));
      reconstruction.run(
          orders,
          client.createdAt(),
          from,
          END,
          row -> rows.add(reconstructed(row, policy.version())));
      assertThat(rows)
          .as("seed %d, %s by %s from %d: %s", firstSeed, client.id(), policyName, from, client)
          .isEqualTo(observed.getOrDefault(client.id(), List.of()));
      rows.forEach(row -> causes.add(row.cause()));
    }
  }

  private static void add(Order order, PastOrders orders) {
    orders.add(
        order.id(),
        order.placedAt(),
        order.amount(),
        order.refunded(),
        CurrencyCodes.pack(order.currency()),
        order.cancelled(),
        order.cancelledAt() == 0 ? PastOrders.NEVER : order.cancelledAt(),
        order.refundedAt() == 0 ? PastOrders.NEVER : order.refundedAt());
  }

  private static Row reconstructed(PastScore row, String policyVersion) {
    PastScore.Previous previous = row.previous();
    Map<Factor, BigDecimal> points = new TreeMap<>();
    for (Factor factor : Factor.values()) {
      points.put(factor, row.pointsDecimal(factor));
    }
    return new Row(
        row.asOf(),
        row.scoreDecimal(),
        points,
        row.band(),
        row.segment(),
        row.atRisk(),
        previous == null,
        previous == null ? null : previous.scoreDecimal(),
        previous == null ? null : previous.band(),
        previous == null ? null : previous.atRisk(),
        row.cause().name(),
        row.causeId(),
        policyVersion);
  }

  /** The rows of each user, from a snapshot at an instant and the commits after it. */
  private static Map<String, List<Row>> observed(
      List<Client> clients, long from, ScoringPolicy policy) throws Exception {
    Map<String, List<Row>> rows = new HashMap<>();
    ChangeFactory shop = new ChangeFactory();
    List<Change> changes = new ArrayList<>();
    clients.forEach(client -> addChanges(client, from, changes));
    changes.sort(Comparator.comparingLong(Change::commitTime));
    try (EngagementHarness operator = EngagementHarness.fresh()) {
      operator.process(shop.policy(policy.version(), 0, policy.json(), true));
      operator.tick(from - 1);
      for (Change change : changes) {
        operator.process(change);
      }
      operator.tick(END - 1);
      for (ScoreUpdate update : operator.updates()) {
        add(row(update), rows.computeIfAbsent(update.userId(), user -> new ArrayList<>()));
      }
    }
    return rows;
  }

  /** Adds an update, unless nothing changed that the history shows. */
  private static void add(Row row, List<Row> rows) {
    if (rows.isEmpty() || !row.looksAs(rows.get(rows.size() - 1))) {
      rows.add(row);
    }
  }

  private static Row row(ScoreUpdate update) {
    PublishedScore previous = update.previous();
    Map<Factor, BigDecimal> points = new TreeMap<>();
    for (Factor factor : Factor.values()) {
      points.put(factor, update.score().pointsDecimal(factor));
    }
    return new Row(
        update.asOf(),
        update.score().scoreDecimal(),
        points,
        update.score().band(),
        update.score().segment(),
        update.score().atRisk(),
        previous == null,
        previous == null ? null : previous.scoreDecimal(),
        previous == null ? null : previous.band(),
        previous == null ? null : previous.atRisk(),
        update.cause().name(),
        update.causeId(),
        update.policyVersion());
  }

  /** The commits of a client's rows. Rows before the beginning are in a snapshot. */
  private static void addChanges(Client client, long from, List<Change> changes) {
    long knownSince =
        client.orders().stream().mapToLong(Order::placedAt).reduce(client.createdAt(), Math::min);
    changes.add(
        ChangeFactory.user(
            client.id(),
            Math.max(from, knownSince),
            version(from, knownSince, 0),
            knownSince < from));
    for (int i = 0; i < client.orders().size(); i++) {
      Order order = client.orders().get(i);
      boolean cancelledLater = order.cancelled() && order.cancelledAt() > order.placedAt();
      boolean refundedLater = order.refunded() != 0 && order.refundedAt() > order.placedAt();
      long net = order.amount() - (refundedLater ? 0 : order.refunded());
      if (order.cancelled() && !cancelledLater) {
        net = 0;
      }
      List<Change> commits = new ArrayList<>();
      commits.add(change(client, order, 3 * i, order.placedAt(), net, Kind.PLACED, from));
      boolean cancelledFirst = order.cancelled() && order.refundedAt() >= order.cancelledAt();
      if (refundedLater && !cancelledFirst) {
        net -= order.refunded();
        commits.add(change(client, order, 3 * i + 1, order.refundedAt(), net, Kind.REFUNDED, from));
      }
      if (cancelledLater) {
        commits.add(change(client, order, 3 * i + 2, order.cancelledAt(), 0, Kind.CANCELLED, from));
      }
      // A snapshot has the last of the rows before it.
      while (commits.size() > 1 && commits.get(1).commitTime() <= from && knownSince < from) {
        commits.remove(0);
      }
      changes.addAll(commits);
    }
  }

  private static Change change(
      Client client, Order order, int place, long at, long net, Kind kind, long from) {
    boolean snapshot = at <= from;
    return new OrderChanged(
        client.id(),
        Math.max(from, at),
        version(from, at, place),
        snapshot,
        order.id(),
        order.placedAt(),
        net,
        order.currency(),
        snapshot ? Kind.PLACED : kind);
  }

  /** Changes of one instant are committed in the order of the orders. */
  private static RowVersion version(long from, long at, int place) {
    return at < from ? new RowVersion(1_000, 0) : new RowVersion(at * 8, at * 8 + place);
  }

  private static List<Client> clients(long seed) {
    Random random = new Random(seed);
    List<Client> clients = new ArrayList<>();
    int users = 1 + random.nextInt(MAX_USERS);
    for (int i = 0; i < users; i++) {
      String id = "u" + i + "-" + seed;
      clients.add(new Client(id, START + (random.nextInt(1_200) - 600) * DAY, orders(id, random)));
    }
    return clients;
  }

  private static List<Order> orders(String userId, Random random) {
    List<Order> orders = new ArrayList<>();
    int size = random.nextInt(5) == 0 ? random.nextInt(30) : random.nextInt(6);
    long placedAt = START + (random.nextInt(1_400) - 700) * DAY;
    for (int i = 0; i < size; i++) {
      placedAt +=
          switch (random.nextInt(5)) {
            case 0 -> random.nextInt(2);
            case 1 -> random.nextInt((int) DAY);
            case 2 -> -random.nextInt(30) * DAY;
            default -> random.nextInt(100) * DAY;
          };
      int amount = random.nextInt(20_000);
      orders.add(
          new Order(
              "o%02d-%s".formatted(i, userId),
              placedAt,
              amount,
              random.nextInt(4) == 0 ? random.nextInt(amount + 100) : 0,
              random.nextInt(8) == 0 ? "USD" : "EUR",
              random.nextInt(5) == 0,
              later(placedAt, random),
              later(placedAt, random)));
    }
    orders.sort(Comparator.comparingLong(Order::placedAt).thenComparing(Order::id));
    return orders;
  }

  private static long later(long placedAt, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> placedAt + random.nextInt(3);
      default -> placedAt + random.nextInt(80) * DAY;
    };
  }
}
