package io.rekindle.local.stack;

import io.rekindle.local.process.PausingThread;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Changes users and orders at random until it is closed, as quickly as the database lets it: orders
 * placed, refunded, cancelled, deleted and moved to other users, users erased and back again.
 */
final class ShopLoad implements AutoCloseable {

  private static final int USERS = 60;
  private static final int ORDERS = 400;
  private static final int MAX_CHANGES = 4;
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final DataSource shop;
  private final Random random;
  private final AtomicInteger changes = new AtomicInteger();
  private final PausingThread thread = new PausingThread("shop-load", this::run);

  ShopLoad(DataSource shop, long seed) {
    this.shop = shop;
    this.random = new Random(seed);
    thread.start();
  }

  /** How many changes have been committed. */
  int changes() {
    return changes.get();
  }

  @Override
  public void close() {
    thread.close();
  }

  private void run() {
    int interruptions = 0;
    while (thread.pause(PAUSE)) {
      try (Connection connection = shop.getConnection()) {
        connection.setAutoCommit(false);
        while (thread.pause(PAUSE)) {
          transact(connection);
        }
      } catch (SQLException e) {
        interruptions++;
      }
    }
    // The database was killed, or ended a deadlock: what was not committed is not there.
    System.out.println("interruptions of the load: " + interruptions);
  }

  /** Some changes at once, and now and then none after all. */
  private void transact(Connection connection) throws SQLException {
    int size = 1 + random.nextInt(MAX_CHANGES);
    for (int i = 0; i < size; i++) {
      change(connection);
    }
    if (random.nextInt(10) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      changes.addAndGet(size);
    }
  }

  private void change(Connection connection) throws SQLException {
    String user = "load-" + random.nextInt(USERS);
    String order = "load-order-" + random.nextInt(ORDERS);
    switch (random.nextInt(12)) {
      case 0 -> execute(connection, "delete from shop.users where user_id = ?", user);
      case 1 -> execute(connection, "delete from shop.orders where order_id = ?", order);
      case 2 ->
          execute(connection, "update shop.orders set user_id = ? where order_id = ?", user, order);
      case 3 ->
          execute(
              connection,
              "update shop.orders set refunded_amount = amount * ? where order_id = ?",
              BigDecimal.valueOf(random.nextInt(101), 2),
              order);
      case 4 ->
          execute(
              connection, "update shop.orders set status = 'CANCELLED' where order_id = ?", order);
      case 5, 6, 7 ->
          execute(
              connection,
              "insert into shop.users (user_id) values (?) on conflict (user_id) do update"
                  + " set name = 'again'",
              user);
      default ->
          execute(
              connection,
              "insert into shop.orders (order_id, user_id, placed_at, amount) values (?, ?, ?, ?)"
                  + " on conflict (order_id) do update set placed_at = excluded.placed_at",
              order,
              user,
              Timestamp.from(Instant.now().minus(Duration.ofHours(random.nextInt(24 * 400)))),
              BigDecimal.valueOf(1 + random.nextInt(50_000), 2));
    }
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
