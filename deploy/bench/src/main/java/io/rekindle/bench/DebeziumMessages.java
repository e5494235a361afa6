package io.rekindle.bench;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Writes changes of a shop in Debezium's form. All texts are ASCII. {@link #commit} ends a
 * transaction.
 */
final class DebeziumMessages {

  /**
   * A record to write.
   *
   * @param change whether the record is a change, not a tick
   */
  record Message(String topic, int partition, String key, String value, boolean change) {}

  /**
   * A row of {@code shop.orders}.
   *
   * @param number a number above all earlier ones
   * @param placedAt epoch milliseconds
   */
  record Order(long number, int user, long placedAt, long cents, boolean cancelled) {}

  private static final String USER_PREFIX = "client-";
  private static final int FIRST_USER = 1_000_000;

  private final Topics topics;
  private final StringBuilder text = new StringBuilder(1_024);
  private long lsn = 0x1000000L;
  private long previousCommit = lsn;

  DebeziumMessages(Topics topics) {
    this.topics = topics;
  }

  /** Ends the transaction of the messages since the last call. */
  void commit() {
    previousCommit = lsn + 0x80;
  }

  /** An inserted user. */
  Message user(int user, long committedAt) {
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

  /** An inserted order. */
  Message placed(Order order, long committedAt) {
    begin(null);
    append(order, committedAt);
    return finish(order, "c", committedAt);
  }

  /** A deleted order. */
  Message deleted(Order order, long committedAt) {
    begin(order);
    text.append("null");
    return finish(order, "d", committedAt);
  }

  /** An updated order. */
  Message updated(Order before, Order after, long committedAt) {
    begin(before);
    append(after, committedAt);
    return finish(after, "u", committedAt);
  }

  /** An inserted policy, which is active. */
  Message policy(String version, String documentAsText, long committedAt) {
    begin(null);
    text.append("{\"policy_version\":\"")
        .append(version)
        .append("\",\"document\":\"")
        .append(documentAsText.replace("\\", "\\\\").replace("\"", "\\\""))
        .append("\",\"active\":true,\"created_by\":\"bench\",\"created_at\":\"");
    appendTime(committedAt);
    text.append("\",\"activated_at\":\"");
    appendTime(committedAt);
    text.append("\"}");
    end("c", "engagement", "scoring_policies", committedAt);
    return new Message(
        topics.policies().name(),
        0,
        "{\"policy_version\":\"" + version + "\"}",
        text.toString(),
        true);
  }

  private Message finish(Order order, String operation, long committedAt) {
    end(operation, "shop", "orders", committedAt);
    return message(
        topics.orders(), order.user(), "{\"order_id\":\"" + orderId(order.number()) + "\"}");
  }

  /** A tick for each partition of each topic. */
  void tick(long committedAt, Consumer<Message> messages) {
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
        commit();
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
  }

  private void appendTime(long millis) {
    // Whole microseconds with six digits, as in Postgres, also for a round number.
    String time = Instant.ofEpochMilli(millis - Math.floorMod(millis, 1_000)).toString();
    text.append(time, 0, time.length() - 1).append('.');
    long fraction = Math.floorMod(millis, 1_000);
    text.append(fraction / 100).append(fraction / 10 % 10).append(fraction % 10).append("417Z");
  }

  private static String userId(int user) {
    return USER_PREFIX + (FIRST_USER + user);
  }

  /** The number of a user by their id. */
  static int user(String userId) {
    return Integer.parseInt(userId.substring(USER_PREFIX.length())) - FIRST_USER;
  }

  private static String orderId(long number) {
    return "order-" + (100_000_000 + number);
  }
}
