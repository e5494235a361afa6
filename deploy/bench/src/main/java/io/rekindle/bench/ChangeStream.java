package io.rekindle.bench;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import java.time.Instant;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A shop's changes in Debezium's form. All users come first, and then orders: 96 % new, 3 %
 * cancelled, 1 % deleted, with very unequal shares of the users. A thousand changes are committed
 * per second, and each partition has a tick per second. Two streams of the same sizes are equal
 * byte for byte.
 */
final class ChangeStream {

  /**
   * A record to write. Key and value are ASCII.
   *
   * @param change whether the record is a change, not a tick
   */
  record Message(String topic, int partition, String key, String value, boolean change) {}

  /** The commit time of the first change, epoch milliseconds. */
  static final long START = 1_767_225_600_000L;

  private static final long SEED = 20_260_101L;
  private static final int CHANGES_PER_SECOND = 1_000;
  private static final int MILLIS_PER_CHANGE = 1_000 / CHANGES_PER_SECOND;
  private static final long HISTORY_MILLIS = 730L * 86_400_000L;
  private static final int RECENT_ORDERS = 1 << 16;

  /** The delay of the last ticks, which exceeds the allowed skew of commits. */
  private static final long LAST_TICK_AFTER = 60_000;

  private record Order(long number, int user, long placedAt, long cents, boolean cancelled) {}

  private final Topics topics;
  private final int users;
  private final int orderChanges;
  private final Random random = new Random(SEED);
  private final Order[] recent = new Order[RECENT_ORDERS];
  private final StringBuilder text = new StringBuilder(1_024);
  private long lsn = 0x1000000L;
  private long previousCommit = lsn;
  private long orders;

  ChangeStream(Topics topics, int users, int orderChanges) {
    this.topics = topics;
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
      messages.accept(change < users ? user(change, committedAt) : order(committedAt));
      if (change % CHANGES_PER_SECOND == 0) {
        tick(committedAt, messages);
      }
    }
    tick(committedAt + LAST_TICK_AFTER, messages);
  }

  private Message user(int user, long committedAt) {
    String id = userId(user);
    begin(null);
    text.append("{\"user_id\":\"")
        .append(id)
        .append("\",\"email\":\"")
        .append(id)
        .append("@example.com\",\"name\":\"Client ")
        .append(user)
        .append("\",\"preferred_categories\":[\"books\"],\"time_zone\":\"Europe/Paris\",")
        .append("\"locale\":\"fr\",\"marketing_consent\":true,\"created_at\":\"");
    appendTime(committedAt);
    text.append("\",\"updated_at\":\"");
    appendTime(committedAt);
    text.append("\"}");
    end("c", "shop", "users", committedAt);
    return message(topics.users(), user, "{\"user_id\":\"" + id + "\"}");
  }

  private Message order(long committedAt) {
    int slot = random.nextInt(RECENT_ORDERS);
    int kind = random.nextInt(100);
    Order known = recent[slot];
    if (known == null || kind >= 4 || (known.cancelled() && kind > 0)) {
      Order placed = place(committedAt);
      recent[slot] = placed;
      begin(null);
      append(placed, committedAt);
      return finish(placed, "c", committedAt);
    }
    begin(known);
    if (kind == 0) {
      recent[slot] = null;
      text.append("null");
      return finish(known, "d", committedAt);
    }
    Order cancelled =
        new Order(known.number(), known.user(), known.placedAt(), known.cents(), true);
    recent[slot] = cancelled;
    append(cancelled, committedAt);
    return finish(cancelled, "u", committedAt);
  }

  /** Returns an order time within two years, without order per user, as in an imported history. */
  private Order place(long committedAt) {
    double chance = random.nextDouble();
    // The density falls with the square root of the rank, by a Zipf law with exponent 1/2.
    int user = (int) (chance * chance * users);
    long placedAt = committedAt - (long) (random.nextDouble() * HISTORY_MILLIS);
    return new Order(++orders, user, placedAt, 500 + random.nextInt(20_000), false);
  }

  private Message finish(Order order, String operation, long committedAt) {
    end(operation, "shop", "orders", committedAt);
    return message(
        topics.orders(), order.user(), "{\"order_id\":\"" + orderId(order.number()) + "\"}");
  }

  private void tick(long committedAt, Consumer<Message> messages) {
    for (Topic topic : topics.captured()) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        String key = "{\"topic\":\"" + topic.name() + "\",\"partition\":" + partition + "}";
        begin(null);
        text.append("{\"topic\":\"")
            .append(topic.name())
            .append("\",\"partition\":")
            .append(partition)
            .append(",\"beat\":\"");
        appendTime(committedAt);
        text.append("\"}");
        end("u", "engagement", "clock", committedAt);
        messages.accept(new Message(topic.name(), partition, key, text.toString(), false));
      }
    }
  }

  private Message message(Topic topic, int user, String key) {
    int partition = Math.floorMod(userId(user).hashCode(), topic.partitions());
    return new Message(topic.name(), partition, key, text.toString(), true);
  }

  private void begin(Order before) {
    text.setLength(0);
    text.append("{\"before\":");
    if (before == null) {
      text.append("null");
    } else {
      append(before, before.placedAt());
    }
    text.append(",\"after\":");
  }

  private void append(Order order, long updatedAt) {
    text.append("{\"order_id\":\"")
        .append(orderId(order.number()))
        .append("\",\"user_id\":\"")
        .append(userId(order.user()))
        .append("\",\"placed_at\":\"");
    appendTime(order.placedAt());
    text.append("\",\"amount\":\"")
        .append(order.cents() / 100)
        .append('.')
        .append(order.cents() / 10 % 10)
        .append(order.cents() % 10)
        .append("\",\"refunded_amount\":\"0.00\",\"currency\":\"EUR\",\"status\":\"")
        .append(order.cancelled() ? "CANCELLED" : "PLACED")
        .append("\",\"category\":\"books\",\"updated_at\":\"");
    appendTime(updatedAt);
    text.append("\"}");
  }

  private void end(String operation, String schema, String table, long committedAt) {
    lsn += 0x100;
    text.append(",\"source\":{\"version\":\"3.7.0.Final\",\"connector\":\"postgresql\",")
        .append("\"name\":\"rekindle\",\"ts_ms\":")
        .append(committedAt)
        .append(",\"snapshot\":\"false\",\"db\":\"rekindle\",\"sequence\":\"[\\\"")
        .append(previousCommit)
        .append("\\\",\\\"")
        .append(lsn)
        .append("\\\"]\",\"ts_us\":")
        .append(committedAt)
        .append("000,\"ts_ns\":")
        .append(committedAt)
        .append("000000,\"schema\":\"")
        .append(schema)
        .append("\",\"table\":\"")
        .append(table)
        .append("\",\"txId\":")
        .append(lsn >> 8)
        .append(",\"lsn\":")
        .append(lsn)
        .append(
            ",\"xmin\":null,\"origin\":null,\"origin_lsn\":null},\"transaction\":null,\"op\":\"")
        .append(operation)
        .append("\",\"ts_ms\":")
        .append(committedAt + 40)
        .append(",\"ts_us\":")
        .append(committedAt + 40)
        .append("123,\"ts_ns\":")
        .append(committedAt + 40)
        .append("123456}");
    previousCommit = lsn + 0x80;
  }

  private void appendTime(long millis) {
    // Whole microseconds with six digits, as in Postgres, also for a round number.
    String time = Instant.ofEpochMilli(millis - Math.floorMod(millis, 1_000)).toString();
    text.append(time, 0, time.length() - 1).append('.');
    long fraction = Math.floorMod(millis, 1_000);
    text.append(fraction / 100).append(fraction / 10 % 10).append(fraction % 10).append("417Z");
  }

  private static String userId(int user) {
    return "client-" + (1_000_000 + user);
  }

  private static String orderId(long number) {
    return "order-" + (100_000_000 + number);
  }
}
