package io.rekindle.bench;

import io.rekindle.bench.DebeziumMessages.Message;
import io.rekindle.bench.DebeziumMessages.Order;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderTable;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Changes that concern every user of a shop at once. Each user has the same number of orders. They
 * come with their user, or all of them in one transaction after all users. A later message switches
 * the policy.
 */
final class BulkStream {

  private static final long MINUTE = 60_000;
  private static final long DAY = 86_400_000L;
  private static final int HISTORY_DAYS = 730;
  private static final int TICKS_OF_USERS = 60;

  /** The time from a moment to the tick that proves it, above the allowed skew of commits. */
  private static final long TICK_AFTER = 10_000;

  private static final int EURO = CurrencyCodes.pack("EUR");

  private final int users;
  private final int ordersEach;
  private final boolean oneTransaction;
  private final long start;
  private final DebeziumMessages debezium;
  private long lastTick;

  /**
   * @param oneTransaction whether all orders are one transaction
   * @param start the commit time of the first user, epoch milliseconds
   */
  BulkStream(Topics topics, int users, int ordersEach, boolean oneTransaction, long start) {
    this.users = users;
    this.ordersEach = ordersEach;
    this.oneTransaction = oneTransaction;
    this.start = start;
    this.debezium = new DebeziumMessages(topics);
  }

  /** The number of changes without the policy. */
  long changes() {
    return users * (1L + ordersEach);
  }

  /** The commit time of the transaction of all orders, epoch milliseconds. */
  long transactionAt() {
    return start + 2 * MINUTE;
  }

  /** The commit time of the policy, epoch milliseconds. */
  long policyAt() {
    return start + 3 * MINUTE;
  }

  /** Creates the users and their orders. */
  void load(Consumer<Message> messages) {
    tick(start, messages);
    for (int user = 0; user < users; user++) {
      long committedAt = start + 1 + MINUTE * user / users;
      messages.accept(debezium.user(user, committedAt));
      if (!oneTransaction) {
        for (int i = 0; i < ordersEach; i++) {
          order(user, i, committedAt, messages);
        }
      }
      debezium.commit();
      if (user % Math.max(1, users / TICKS_OF_USERS) == 0) {
        tick(committedAt, messages);
      }
    }
    tick(start + MINUTE + TICK_AFTER, messages);
    if (oneTransaction) {
      for (int i = 0; i < ordersEach; i++) {
        for (int user = 0; user < users; user++) {
          order(user, i, transactionAt(), messages);
        }
      }
      debezium.commit();
    }
    tick(transactionAt() + TICK_AFTER, messages);
  }

  /** Puts a policy in force. */
  void policy(String version, String document, Consumer<Message> messages) {
    messages.accept(debezium.policy(version, document, policyAt()));
    debezium.commit();
    tick(policyAt() + TICK_AFTER, messages);
  }

  private void tick(long committedAt, Consumer<Message> messages) {
    lastTick = committedAt;
    debezium.tick(committedAt, messages);
  }

  /**
   * The tick of a heartbeat without a change. A restored job waits for one in every partition, since
   * it knows no time of a partition whose records it has read.
   */
  void beat(Consumer<Message> messages) {
    tick(lastTick + 1, messages);
  }

  private void order(int user, int i, long committedAt, Consumer<Message> messages) {
    long number = (long) user * ordersEach + i;
    messages.accept(
        debezium.placed(
            new Order(number, user, placedAt(number), cents(number), false), committedAt));
  }

  /** The orders of a user in the shop's tables. */
  void tableOf(int user, OrderTable table) {
    long first = (long) user * ordersEach;
    long[] numbers = new long[ordersEach];
    Arrays.setAll(numbers, i -> first + i);
    table.clear();
    Arrays.stream(numbers)
        .boxed()
        .sorted((one, other) -> Long.compare(placedAt(one), placedAt(other)))
        .forEach(number -> table.add(placedAt(number), cents(number), EURO));
  }

  private long placedAt(long number) {
    long millis = start - Math.floorMod(mixed(number), HISTORY_DAYS * DAY);
    // Whole seconds and the millisecond that DebeziumMessages writes.
    return millis - Math.floorMod(millis, 1_000);
  }

  private static long cents(long number) {
    return 500 + Math.floorMod(mixed(~number), 20_000L);
  }

  /** A number's bits, well mixed: the finalizer of splitmix64. */
  private static long mixed(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
