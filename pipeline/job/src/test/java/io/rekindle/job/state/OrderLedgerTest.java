package io.rekindle.job.state;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.SECOND;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.job.ChangeFactory;
import io.rekindle.scoring.orders.OrderHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class OrderLedgerTest {

  private static final String ANNA = "anna";
  private static final int HISTORIES = 12;
  private static final int STEPS = 12_000;
  private static final int LARGE = 300_000;

  /** The state of a user with {@link UserOrders#MAX_ROWS} orders of UUIDs, with a margin. */
  private static final int MAX_STATE_BYTES = 100_000;

  private final UserStateSerializer serializer = new UserStateSerializer();
  private final OrderRows rows = new OrderRowsInMemory();
  private final OrderLedger ledger = new OrderLedger(rows, DAY);
  private final ChangeFactory shop = new ChangeFactory();
  private UserState anna = new UserState();

  /** A row of the shop's table, as the recomputation reads it. */
  private record Row(String id, long placedAt, long netMinor) {}

  /** By placed_at and then by the bytes of the id, as {@code verify} sorts. */
  private static final Comparator<Row> AS_VERIFY =
      Comparator.comparingLong(Row::placedAt)
          .thenComparing(row -> row.id().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  @Test
  void shouldCountTheNewestThousandOfThePresentOrdersAfterAnything() throws IOException {
    long first = new Random().nextLong();
    for (int i = 0; i < HISTORIES; i++) {
      long seed = first + i;
      randomHistory(new Random(seed), seed);
    }
  }

  private void randomHistory(Random random, long seed) throws IOException {
    rows.clear();
    anna = new UserState();
    Map<String, Row> table = new HashMap<>();
    List<String> ids = new ArrayList<>();
    List<Change> past = new ArrayList<>();
    long at = START;
    // Few distinct times make many ties at the bound.
    long span = random.nextBoolean() ? 50 : 100_000;
    for (int step = 0; step < STEPS; step++) {
      at += random.nextInt(3);
      boolean shrinking = step / 3_000 % 2 == 1;
      int action = random.nextInt(10);
      if (action == 0 && !past.isEmpty()) {
        // Capture repeats what it sent lately.
        anna.apply(
            past.get(past.size() - 1 - random.nextInt(Math.min(50, past.size()))), at, ledger);
      } else if (!table.isEmpty() && (shrinking ? action < 7 : action < 2)) {
        String id = shrinking ? newestOf(table, ids, random) : someOf(ids, random);
        past.add(new OrderRemoved(ANNA, at, shop.next(), false, id, random.nextBoolean()));
        anna.apply(past.get(past.size() - 1), at, ledger);
        table.remove(id);
      } else {
        String id = action == 9 && !ids.isEmpty() ? someOf(ids, random) : newId(random);
        Row known = table.get(id);
        long placedAt =
            known != null && random.nextBoolean()
                ? known.placedAt()
                : START - random.nextLong(span) * SECOND;
        Row row = new Row(id, placedAt, random.nextInt(5_000) - 100);
        past.add(shop.order(ANNA, at, id, placedAt, row.netMinor(), Kind.AMENDED));
        anna.apply(past.get(past.size() - 1), at, ledger);
        table.put(id, row);
        ids.add(id);
      }
      if (step % 500 == 0) {
        anna = restored(anna);
        assertSame(table, seed, step);
      }
    }
    assertThat(stateSize(anna)).isLessThan(MAX_STATE_BYTES);
    // All go, the newest first, so that each older order counts at some time.
    List<Row> left = new ArrayList<>(table.values());
    left.sort(AS_VERIFY.reversed());
    for (int i = 0; i < left.size(); i++) {
      table.remove(left.get(i).id());
      anna.apply(shop.noOrder(ANNA, at, left.get(i).id()), at, ledger);
      if (i % 500 == 0) {
        assertSame(table, seed, i);
      }
    }
    assertSame(table, seed, STEPS);
    ledger.sweep(anna, at + 2 * DAY);
    assertThat(rows.entries()).as("seed %d", seed).isEmpty();
    assertThat(anna.tombstones).isZero();
    assertThat(anna.olderOrders).isZero();
  }

  private void assertSame(Map<String, Row> table, long seed, int step) {
    List<Row> expected = new ArrayList<>(table.values());
    expected.sort(AS_VERIFY);
    List<Row> newest =
        expected.subList(Math.max(0, expected.size() - OrderHistory.MAX_ORDERS), expected.size());
    OrderHistory orders = anna.orders();
    assertThat(orders.size()).as("seed %d, step %d", seed, step).isEqualTo(newest.size());
    for (int i = 0; i < newest.size(); i++) {
      assertThat(List.of(orders.placedAt(i), orders.netMinor(i)))
          .as("seed %d, step %d, order %d", seed, step, i)
          .isEqualTo(List.of(newest.get(i).placedAt(), newest.get(i).netMinor()));
    }
    assertThat(anna.orderCount()).as("seed %d, step %d", seed, step).isEqualTo(table.size());
  }

  private static String newId(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new UUID(random.nextLong(), random.nextLong()).toString();
      case 1 -> "é" + random.nextInt(1_000_000_000);
      case 2 -> "order-" + random.nextInt(1_000_000_000) + "-" + "x".repeat(random.nextInt(150));
      default -> Integer.toHexString(random.nextInt());
    };
  }

  private static String someOf(List<String> ids, Random random) {
    return ids.get(random.nextInt(ids.size()));
  }

  /** One of the newest few of some, which is mostly among those that count. */
  private static String newestOf(Map<String, Row> table, List<String> ids, Random random) {
    Row newest = null;
    for (int i = 0; i < 5; i++) {
      Row row = table.get(someOf(ids, random));
      if (row != null && (newest == null || AS_VERIFY.compare(row, newest) > 0)) {
        newest = row;
      }
    }
    return newest == null ? someOf(ids, random) : newest.id();
  }

  @Test
  void shouldForgetThreeHundredThousandOrdersOfOneUserWithABoundedRow() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < LARGE; i++) {
      ids.add("order-" + i);
      anna.apply(shop.order(ANNA, START, "order-" + i, START + i, 100), START, ledger);
    }
    assertThat(anna.orderCount()).isEqualTo(LARGE);
    assertThat(stateSize(anna)).isLessThan(MAX_STATE_BYTES);

    Collections.shuffle(ids, new Random(300_000));
    List<Change> removals = new ArrayList<>();
    for (String id : ids) {
      removals.add(shop.noOrder(ANNA, START, id));
    }
    for (Change removal : removals) {
      assertThat(anna.apply(removal, START, ledger)).isTrue();
    }
    assertThat(anna.orderCount()).isZero();
    assertThat(anna.tombstones).isEqualTo(LARGE);
    assertThat(stateSize(anna)).isLessThan(100);
    for (int i = 0; i < 1_000; i++) {
      assertThat(anna.apply(removals.get(i), START, ledger)).as("a repeat").isFalse();
    }

    assertThat(ledger.sweep(anna, START + DAY - 1)).isFalse();
    assertThat(ledger.sweep(anna, START + DAY)).isTrue();
    assertThat(anna.tombstones).isZero();
    assertThat(rows.entries()).isEmpty();
  }

  @Test
  void shouldNotBringAnOrderBackByARepeatedOlderChange() {
    Change placed = shop.order(ANNA, START, "o1", START, 100);
    anna.apply(placed, START, ledger);
    anna.apply(shop.noOrder(ANNA, START, "o1"), START, ledger);
    assertThat(anna.apply(placed, START + DAY - 1, ledger)).isFalse();
    assertThat(anna.orderCount()).isZero();
  }

  @Test
  void shouldTakeAnInsertionOlderThanManyRemovalsOfOtherOrders() {
    RowVersion early = shop.next();
    for (int i = 0; i < 5_000; i++) {
      anna.apply(shop.order(ANNA, START, "o" + i, START, 100), START, ledger);
      anna.apply(shop.noOrder(ANNA, START, "o" + i), START, ledger);
    }
    assertThat(
            anna.apply(
                ChangeFactory.order(ANNA, START, early, "late", START, 100, Kind.PLACED),
                START,
                ledger))
        .isTrue();
  }

  @Test
  void shouldKeepATombstoneOfAnUnknownOrderOnlyForAMove() {
    assertThat(anna.apply(shop.noOrder(ANNA, START, "never-kept"), START, ledger)).isFalse();
    assertThat(anna.tombstones).isZero();

    Change late = shop.order(ANNA, START, "moved", START, 100);
    anna.apply(new OrderRemoved(ANNA, START, shop.next(), false, "moved", true), START, ledger);
    assertThat(anna.apply(late, START, ledger)).as("it has moved away since").isFalse();
    assertThat(anna.orderCount()).isZero();
  }

  @Test
  void shouldApplyOnlyNewerChangesOfAnOlderOrder() {
    for (int i = 0; i < UserOrders.MAX_ROWS + 10; i++) {
      anna.apply(shop.order(ANNA, START, "o" + i, START + i, 100), START, ledger);
    }
    assertThat(anna.olderOrders).isEqualTo(10);
    OrderChanged before = (OrderChanged) shop.order(ANNA, START, "o1", START + 1, 50);
    Change after = shop.order(ANNA, START, "o1", START + 1, 70);
    assertThat(anna.apply(after, START, ledger)).isTrue();
    assertThat(anna.apply(before, START, ledger)).isFalse();
    assertThat(rows.get("o1").netMinor()).isEqualTo(70);
    // A new time brings it among the newest.
    anna.apply(shop.order(ANNA, START, "o1", START + DAY, 90), START, ledger);
    assertThat(rows.get("o1")).isNull();
    assertThat(anna.orders().netMinor(OrderHistory.MAX_ORDERS - 1)).isEqualTo(90);
  }

  private int stateSize(UserState state) throws IOException {
    return bytes(state).length;
  }

  private byte[] bytes(UserState state) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1_024);
    serializer.serialize(state, out);
    return out.getCopyOfBuffer();
  }

  private UserState restored(UserState state) throws IOException {
    return serializer.deserialize(new DataInputDeserializer(bytes(state)));
  }
}
