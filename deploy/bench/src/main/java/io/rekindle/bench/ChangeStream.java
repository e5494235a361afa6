package io.rekindle.bench;

import io.rekindle.bench.DebeziumMessages.Message;
import io.rekindle.bench.DebeziumMessages.Order;
import io.rekindle.connectors.kafka.Topics;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A shop's changes in Debezium's form. All users come first, and then orders: 96 % new, 3 %
 * cancelled, 1 % deleted, with very unequal shares of the users. A thousand changes are committed
 * per second, and each partition has a tick per second. Two streams of the same sizes are equal
 * byte for byte.
 */
final class ChangeStream {

  /** The commit time of the first change, epoch milliseconds. */
  static final long START = 1_767_225_600_000L;

  private static final long SEED = 20_260_101L;
  private static final int CHANGES_PER_SECOND = 1_000;
  private static final int MILLIS_PER_CHANGE = 1_000 / CHANGES_PER_SECOND;
  private static final long HISTORY_MILLIS = 730L * 86_400_000L;
  private static final int RECENT_ORDERS = 1 << 16;

  /** The delay of the last ticks, which exceeds the allowed skew of commits. */
  private static final long LAST_TICK_AFTER = 60_000;

  private final DebeziumMessages debezium;
  private final int users;
  private final int orderChanges;
  private final Random random = new Random(SEED);
  private final Order[] recent = new Order[RECENT_ORDERS];
  private long orders;

  ChangeStream(Topics topics, int users, int orderChanges) {
    this.debezium = new DebeziumMessages(topics);
    this.users = users;
    this.orderChanges = orderChanges;
  }

  /** Returns the number of changes, those of users included. */
  long changes() {
    return (long) users + orderChanges;
  }

  /** Returns the commit time of the last change, epoch milliseconds. */
  long end() {
    return START + changes() * MILLIS_PER_CHANGE;
  }

  /** Creates all records, in the order of their commits. */
  void forEach(Consumer<Message> messages) {
    long committedAt = START;
    for (int change = 0; change < changes(); change++) {
      committedAt += MILLIS_PER_CHANGE;
      messages.accept(
          change < users ? debezium.user(change, committedAt) : order(committedAt));
      debezium.commit();
      if (change % CHANGES_PER_SECOND == 0) {
        debezium.tick(committedAt, messages);
      }
    }
    debezium.tick(committedAt + LAST_TICK_AFTER, messages);
  }

  private Message order(long committedAt) {
    int slot = random.nextInt(RECENT_ORDERS);
    int kind = random.nextInt(100);
    Order known = recent[slot];
    if (known == null || kind >= 4 || (known.cancelled() && kind > 0)) {
      Order placed = place(committedAt);
      recent[slot] = placed;
      return debezium.placed(placed, committedAt);
    }
    if (kind == 0) {
      recent[slot] = null;
      return debezium.deleted(known, committedAt);
    }
    Order cancelled =
        new Order(known.number(), known.user(), known.placedAt(), known.cents(), true);
    recent[slot] = cancelled;
    return debezium.updated(known, cancelled, committedAt);
  }

  /** Returns an order time within two years, without order per user, as in an imported history. */
  private Order place(long committedAt) {
    double chance = random.nextDouble();
    // The density falls with the square root of the rank, by a Zipf law with exponent 1/2.
    int user = (int) (chance * chance * users);
    long placedAt = committedAt - (long) (random.nextDouble() * HISTORY_MILLIS);
    return new Order(++orders, user, placedAt, 500 + random.nextInt(20_000), false);
  }
}
