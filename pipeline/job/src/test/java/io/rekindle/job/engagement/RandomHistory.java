package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.START;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.UserRemoved;
import io.rekindle.job.ChangeFactory;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A shop's random past: the changes that capture makes of it, and, by a path of its own, the scores
 * that follow from its tables at any instant.
 */
final class RandomHistory {

  static final int PARTITIONS = 4;

  private static final int USERS = 40;
  private static final int ORDERS = 100;
  private static final long SNAPSHOT_LSN = 900_000_000;

  /** Transactions between two snapshots, on an average. */
  private static final int LOSS_EVERY = 80;

  private static final Map<String, ScoringPolicy> POLICIES =
      Map.of(
          "cadence-v1", ScoringPolicy.builtIn("cadence-v1"),
          "document-v1", ScoringPolicy.builtIn("document-v1"),
          "fitted", fitted());

  /** A change in the partition into which it goes; exactly one of the two is there. */
  record Event(int partition, Change change, RuleChange rule) {
    long commitTime() {
      return change != null ? change.commitTime() : rule.commitTime();
    }

    boolean snapshot() {
      return change != null ? change.snapshot() : rule.snapshot();
    }
  }

  private record Order(String userId, long placedAt, long netMinor) {}

  private record ScoreOverride(int score, long setAt, long expiresAt) {}

  /** The tables as they are at one instant. */
  private static final class Tables {
    final Map<String, Boolean> users = new TreeMap<>();
    final Map<String, Order> orders = new TreeMap<>();
    final Map<String, ScoreOverride> overrides = new HashMap<>();
    final Map<String, Long> contacts = new HashMap<>();
    String policy = "cadence-v1";

    /** The document of each policy's model. */
    final Map<String, String> models = new HashMap<>();

    Tables copy() {
      Tables copy = new Tables();
      copy.users.putAll(users);
      copy.orders.putAll(orders);
      copy.overrides.putAll(overrides);
      copy.contacts.putAll(contacts);
      copy.policy = policy;
      copy.models.putAll(models);
      return copy;
    }
  }

  /** By policy and model: thousands of scores have the same two. */
  private final Map<List<String>, ScoringPolicy> withModels = new HashMap<>();

  private final Random random;
  private final List<Event> events = new ArrayList<>();
  private final TreeMap<Long, Tables> past = new TreeMap<>();

  /** The instants at which capture saw an order of each user that was placed long before. */
  private final Map<String, List<Long>> backfills = new HashMap<>();

  private final Tables tables = new Tables();
  private long lsn = 1_000_000_000;
  private long lastCommitLsn = lsn;
  private long now = START;
  private long begin;

  RandomHistory(long seed, int transactions) {
    random = new Random(seed);
    snapshot();
    begin = now;
    for (int i = 0; i < transactions; i++) {
      now += pause();
      if (random.nextInt(LOSS_EVERY) == 0) {
        loseChanges();
        now += 1 + pause();
        snapshotAgain();
        now++;
      }
      transaction();
    }
    now += 2 * DAY + random.nextInt(100) * DAY;
  }

  /** All changes, each partition's in the order of commits. */
  List<Event> events() {
    return events;
  }

  /** After the first snapshot. */
  long begin() {
    return begin;
  }

  /** After the last change. */
  long end() {
    return now;
  }

  List<String> users() {
    return List.copyOf(past.lastEntry().getValue().users.keySet());
  }

  private long pause() {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> 1 + random.nextInt(3);
      case 2 -> random.nextInt(90_000);
      case 3 -> random.nextInt(3_600_000);
      default -> random.nextInt(40) * DAY;
    };
  }

  private void snapshot() {
    for (int i = 0; i < random.nextInt(ORDERS); i++) {
      String userId = someUser();
      Order order = new Order(userId, someTime(), 1 + random.nextInt(20_000));
      String orderId = "o" + i;
      tables.orders.put(orderId, order);
      add(
          userId,
          snapshotRow(orderId, order, now + random.nextInt(50), new RowVersion(SNAPSHOT_LSN, 0)));
    }
    for (int i = 0; i < USERS; i++) {
      if (random.nextBoolean()) {
        String userId = "u" + i;
        tables.users.put(userId, true);
        add(
            userId,
            ChangeFactory.user(
                userId, now + random.nextInt(50), new RowVersion(SNAPSHOT_LSN, 0), true));
      }
    }
    past.put(now, tables.copy());
    now += 50;
  }

  /** Changes that capture never sees. Only a deleted row stays lost, so none is deleted. */
  private void loseChanges() {
    for (int i = random.nextInt(10); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> tables.users.put(someUser(), true);
        case 1 -> tables.contacts.merge(someUser(), now, Math::max);
        case 2 -> tables.overrides.put(someUser(), someOverride());
        default ->
            tables.orders.merge(
                someOrder(),
                new Order(someUser(), someTime(), 1 + random.nextInt(20_000)),
                (before, other) -> new Order(before.userId(), other.placedAt(), other.netMinor()));
      }
    }
  }

  /** All rows as they are, with the beginning of the snapshot as their time. */
  private void snapshotAgain() {
    lsn += 8;
    lastCommitLsn = lsn;
    RowVersion version = new RowVersion(lsn, 0);
    tables.users.keySet().forEach(user -> add(user, ChangeFactory.user(user, now, version, true)));
    tables.contacts.forEach(
        (user, sentAt) -> add(user, new Contacted(user, now, version, true, "e" + lsn, sentAt)));
    tables.overrides.forEach(
        (user, override) ->
            add(
                user,
                new OverrideChanged(
                    user,
                    now,
                    version,
                    true,
                    override.score(),
                    override.setAt(),
                    override.expiresAt())));
    tables.orders.forEach(
        (orderId, order) -> add(order.userId(), snapshotRow(orderId, order, now, version)));
    past.put(now, tables.copy());
  }

  private static Change snapshotRow(String orderId, Order order, long readAt, RowVersion version) {
    return new OrderChanged(
        order.userId(),
        readAt,
        version,
        true,
        orderId,
        order.placedAt(),
        order.netMinor(),
        "EUR",
        Kind.PLACED);
  }

  private ScoreOverride someOverride() {
    return new ScoreOverride(random.nextInt(101), now, now + 1 + random.nextInt(20) * DAY);
  }

  private void transaction() {
    long before = lastCommitLsn;
    int steps = 1 + random.nextInt(3);
    for (int i = 0; i < steps; i++) {
      lsn += 8;
      step(new RowVersion(before, lsn));
    }
    lsn += 8;
    lastCommitLsn = lsn;
    past.put(now, tables.copy());
  }

  private void step(RowVersion version) {
    switch (random.nextInt(14)) {
      case 0, 1 -> {
        String userId = someUser();
        tables.users.put(userId, true);
        add(userId, ChangeFactory.user(userId, now, version, false));
      }
      case 2 -> {
        String userId = someUser();
        if (tables.users.remove(userId) != null) {
          add(userId, new UserRemoved(userId, now, version, false));
        }
      }
      case 3 -> {
        String userId = someUser();
        tables.contacts.merge(userId, now, Math::max);
        add(userId, new Contacted(userId, now, version, false, "e" + lsn, now));
      }
      case 4 -> {
        String userId = someUser();
        ScoreOverride override = someOverride();
        tables.overrides.put(userId, override);
        add(
            userId,
            new OverrideChanged(
                userId, now, version, false, override.score(), now, override.expiresAt()));
      }
      case 5 -> {
        String userId = someUser();
        if (tables.overrides.remove(userId) != null) {
          add(userId, new OverrideRemoved(userId, now, version, false));
        }
      }
      case 6 -> {
        if (random.nextInt(3) > 0) {
          changePolicy(version);
        } else {
          changeModel(version);
        }
      }
      case 7, 8 -> {
        String orderId = someOrder();
        Order gone = tables.orders.remove(orderId);
        if (gone != null) {
          add(gone.userId(), new OrderRemoved(gone.userId(), now, version, false, orderId, false));
        }
      }
      default -> putOrder(version);
    }
  }

  private void putOrder(RowVersion version) {
    String orderId = someOrder();
    Order before = tables.orders.get(orderId);
    Order order =
        before == null
            ? new Order(
                someUser(),
                random.nextBoolean() ? now - random.nextInt((int) DAY) : someTime(),
                1 + random.nextInt(20_000))
            : switch (random.nextInt(4)) {
              case 0 -> new Order(before.userId(), before.placedAt(), 0);
              case 1 -> new Order(before.userId(), before.placedAt(), before.netMinor() / 2);
              case 2 -> new Order(someUser(), before.placedAt(), before.netMinor());
              default -> new Order(before.userId(), someTime(), 1 + random.nextInt(20_000));
            };
    tables.orders.put(orderId, order);
    if (before == null && now - order.placedAt() > DAY) {
      backfills.computeIfAbsent(order.userId(), user -> new ArrayList<>()).add(now);
    }
    boolean moved = before != null && !before.userId().equals(order.userId());
    Kind kind = before == null ? Kind.PLACED : moved ? Kind.MOVED_IN : Kind.AMENDED;
    // Capture reads one event of the order and makes two changes of a move, both in the partition
    // of the new user.
    if (moved) {
      add(order.userId(), new OrderRemoved(before.userId(), now, version, false, orderId, true));
    }
    add(
        order.userId(),
        ChangeFactory.order(
            order.userId(), now, version, orderId, order.placedAt(), order.netMinor(), kind));
  }

  /** Another policy, in one transaction with the end of the one before. */
  private void changePolicy(RowVersion version) {
    List<String> others = new ArrayList<>(List.of("cadence-v1", "document-v1", "fitted"));
    others.remove(tables.policy);
    String before = tables.policy;
    tables.policy = others.get(random.nextInt(others.size()));
    for (String row : List.of(before, tables.policy)) {
      // The built-in policy is in force without a row.
      if (!row.equals("cadence-v1")) {
        String document = POLICIES.get(row).json();
        boolean active = row.equals(tables.policy);
        events.add(
            new Event(0, null, new PolicyChanged(row, now, version, false, document, active)));
      }
    }
  }

  /** Another model of a policy, or none. Each policy has one row of models. */
  private void changeModel(RowVersion version) {
    String policy = List.of("cadence-v1", "fitted").get(random.nextInt(2));
    boolean active = random.nextInt(4) > 0;
    String document = model(policy);
    if (active) {
      tables.models.put(policy, document);
    } else {
      tables.models.remove(policy);
    }
    events.add(
        new Event(
            0,
            null,
            new ModelChanged("m-" + policy, policy, now, version, false, document, active)));
  }

  /** Money, and a table for cadence-v1, which has none of its own. */
  private String model(String policy) {
    String table =
        IntStream.rangeClosed(0, 100)
            .mapToObj(score -> Integer.toString(5 * score))
            .collect(Collectors.joining(","));
    return "{\"version\":\"m\",%s\"money\":{\"p\":%d,\"q\":3.5,\"gamma\":25,\"meanOrderValue\":\"%d.00\"}}"
        .formatted(
            policy.equals("fitted")
                ? ""
                : "\"probability\":{\"horizonDays\":90,\"perMille\":[" + table + "]},",
            1 + random.nextInt(5),
            1 + random.nextInt(200));
  }

  /** The score below which a user is at risk. */
  static int atRiskBelow(String policyVersion) {
    // Below 56 the table of the fitted policy is below 0.3.
    return policyVersion.equals("fitted") ? 56 : 50;
  }

  /** A policy like a fit's, with loyalty, a table of probabilities, and a rule for them. */
  private static ScoringPolicy fitted() {
    String table =
        IntStream.rangeClosed(0, 100)
            .mapToObj(score -> Integer.toString(40 + score * score / 12))
            .collect(Collectors.joining(","));
    String loyalty =
        "{\"of\":\"ORDER_DAYS_EVER\",\"tiers\":[{\"fromCount\":1,\"points\":0},"
            + "{\"fromCount\":2,\"points\":4},{\"fromCount\":5,\"points\":9}]}";
    try {
      return ScoringPolicy.parse(
          ScoringPolicy.builtIn("cadence-v1")
              .json()
              .replace("\"scoreBelow\"", "\"orderProbabilityBelow\":0.3,\"scoreBelow\"")
              .replaceFirst(
                  "\\{",
                  "{\"loyalty\":%s,\"probability\":{\"horizonDays\":90,\"perMille\":[%s]},"
                      .formatted(loyalty, table)));
    } catch (InvalidPolicyException e) {
      throw new AssertionError(e);
    }
  }

  /** Orders, users and what is ours come through topics of their own, all partitioned by user. */
  private void add(String routedBy, Change change) {
    int topic =
        change instanceof OrderChanged || change instanceof OrderRemoved
            ? 1
            : change instanceof Contacted ? 2 : 3;
    int partition = 1 + Math.floorMod(routedBy.hashCode() * 31 + topic, PARTITIONS - 1);
    events.add(new Event(partition, change, null));
  }

  private String someUser() {
    return "u" + random.nextInt(USERS);
  }

  private String someOrder() {
    return "o" + random.nextInt(ORDERS);
  }

  private long someTime() {
    return now - random.nextInt(300) * DAY / (1 + random.nextInt(5));
  }

  /** A time in which old orders of a user came: from the first one until the evaluation. */
  record Load(long since, long until) {}

  /** The loads of a user, each with less than the quiet time between two orders, and of a day. */
  List<Load> loads(String userId, long quietMs) {
    List<Load> loads = new ArrayList<>();
    for (long at : backfills.getOrDefault(userId, List.of())) {
      Load last = loads.isEmpty() ? null : loads.get(loads.size() - 1);
      if (last == null || at > last.until()) {
        loads.add(new Load(at, at + quietMs));
      } else {
        long until = Math.min(at + quietMs, last.since() + DAY);
        loads.set(loads.size() - 1, new Load(last.since(), until));
      }
    }
    return loads;
  }

  /** The score as the tables at an instant say, or null if the shop had no such user. */
  Score score(String userId, long instant) {
    Tables then = past.floorEntry(instant).getValue();
    if (!then.users.containsKey(userId)) {
      return null;
    }
    List<Order> orders =
        then.orders.values().stream()
            .filter(order -> order.userId().equals(userId))
            .sorted(Comparator.comparingLong(Order::placedAt))
            .toList();
    Scorer scorer = new Scorer(policy(then));
    Score computed =
        scorer.score(view(orders), instant, then.contacts.getOrDefault(userId, Score.NEVER));
    ScoreOverride override = then.overrides.get(userId);
    return override == null || instant >= override.expiresAt()
        ? computed
        : scorer.overridden(computed, override.score(), override.setAt(), override.expiresAt());
  }

  private ScoringPolicy policy(Tables then) {
    ScoringPolicy policy = POLICIES.get(then.policy);
    String model = then.models.get(then.policy);
    return model == null
        ? policy
        : withModels.computeIfAbsent(List.of(then.policy, model), key -> withModel(policy, model));
  }

  private static ScoringPolicy withModel(ScoringPolicy policy, String model) {
    try {
      return policy.withModel(PolicyModel.parse(model));
    } catch (InvalidPolicyException e) {
      throw new AssertionError(e);
    }
  }

  private static OrderHistory view(List<Order> orders) {
    return new OrderHistory() {
      @Override
      public int size() {
        return orders.size();
      }

      @Override
      public long placedAt(int index) {
        return orders.get(index).placedAt();
      }

      @Override
      public long netMinor(int index) {
        return orders.get(index).netMinor();
      }

      @Override
      public int currency(int index) {
        return CurrencyCodes.pack("EUR");
      }
    };
  }
}
