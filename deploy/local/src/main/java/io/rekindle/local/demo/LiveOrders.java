package io.rekindle.local.demo;

import io.rekindle.local.importing.Upsert;
import io.rekindle.local.importing.UserRow;
import io.rekindle.local.process.PausingThread;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Changes the demo shop about once a second, faster than a real shop of its size. Most changes are
 * orders by the clients who are due. Others are refunds, cancellations and new clients. Clients
 * keep their own rhythm, become silent and come back.
 *
 * <p>Runs on its own thread from {@link #start} to {@link #close}. It waits while the database does
 * not answer.
 */
public final class LiveOrders implements AutoCloseable {

  private static final Duration MEAN_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(4);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);
  private static final int RECENT_ORDERS = 500;
  private static final double FIRST_ORDERS_GAP_DAYS = 60;

  /** The number of usual gaps without an order after which a client is no longer due. */
  private static final double SILENT_AFTER_GAPS = 2.5;

  private static final double LAPSE = 0.03;

  private record Client(
      String userId, List<String> preferred, double usualBasket, double gapDays) {}

  /** A client's place in the queue. Turns are days of the shop's faster calendar. */
  private record Turn(double at, Client client) {}

  private record Order(String orderId, BigDecimal amount) {}

  private final DataSource shop;
  private final Consumer<String> log;
  private final Random random;
  private final PausingThread thread = new PausingThread("live-orders", this::run);

  private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
  private final List<Client> silent = new ArrayList<>();
  private final Deque<Order> recent = new ArrayDeque<>();

  /**
   * @param shop connections of a role with write access to the shop's tables
   * @param log receives a line when the database stops answering and when it answers again
   */
  public LiveOrders(DataSource shop, Consumer<String> log) {
    this(shop, log, new Random());
  }

  LiveOrders(DataSource shop, Consumer<String> log, Random random) {
    this.shop = shop;
    this.log = log;
    this.random = random;
  }

  /** Starts the changes. */
  public void start() {
    thread.start();
  }

  /** Stops the changes, and waits for the current one. */
  @Override
  public void close() {
    thread.close();
  }

  private void run() {
    boolean away = false;
    while (thread.pause(Duration.ZERO)) {
      try (Connection connection = shop.getConnection()) {
        load(connection);
        if (away) {
          log.accept("The database is back: ordering goes on.");
          away = false;
        }
        while (thread.pause(nextPause())) {
          change(connection);
        }
      } catch (SQLException e) {
        if (!away) {
          log.accept("Ordering waits for the database: " + e.getMessage());
          away = true;
        }
        thread.pause(RETRY_PAUSE);
      } catch (RuntimeException | Error e) {
        log.accept("Ordering has ended until the next start, by an error: " + e);
        return;
      }
    }
  }

  /** Pauses as in a Poisson process, since clients are independent. */
  private Duration nextPause() {
    double pause = -Math.log(1 - random.nextDouble()) * MEAN_PAUSE.toMillis();
    return Duration.ofMillis(Math.min((long) pause, MAX_PAUSE.toMillis()));
  }

  /** Makes one change in a transaction of its own. */
  void change(Connection connection) throws SQLException {
    int chance = random.nextInt(100);
    if (chance < 84) {
      order(connection, nextInTurn());
    } else if (chance < 91) {
      refund(connection);
    } else if (chance < 95) {
      cancel(connection);
    } else if (chance < 97) {
      order(connection, anySilent());
    } else if (chance < 98) {
      join(connection);
    } else {
      changeConsent(connection);
    }
  }

  /** Reads the clients of the shop, and how often each of them orders. */
  void load(Connection connection) throws SQLException {
    turns.clear();
    silent.clear();
    recent.clear();
    String clients =
        """
        select user_id, preferred_categories,
               coalesce(percentile_cont(0.5) within group (order by amount), 50) as usual_basket,
               extract(epoch from max(placed_at) - min(placed_at)) / 86400
                 / nullif(count(order_id) - 1, 0) as gap_days,
               extract(epoch from now() - max(placed_at)) / 86400 as silent_days
        from shop.users left join shop.orders using (user_id)
        where user_id like ? || '%'
        group by user_id
        """;
    try (PreparedStatement statement = connection.prepareStatement(clients)) {
      statement.setString(1, DemoShop.USER_ID_PREFIX);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          double gapDays = Math.max(1, row.getDouble("gap_days"));
          if (row.wasNull()) {
            gapDays = FIRST_ORDERS_GAP_DAYS;
          }
          Client client =
              new Client(
                  row.getString("user_id"),
                  texts(row.getArray("preferred_categories")),
                  row.getDouble("usual_basket"),
                  gapDays);
          double silentDays = row.getDouble("silent_days");
          if (row.wasNull() || silentDays > SILENT_AFTER_GAPS * gapDays) {
            silent.add(client);
          } else {
            turns.add(new Turn(nextGap(client) - silentDays, client));
          }
        }
      }
    }
    String orders =
        """
        select order_id, amount from shop.orders
        where user_id like ? || '%' and status = 'PLACED' and refunded_amount = 0
        order by placed_at desc limit ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(orders)) {
      statement.setString(1, DemoShop.USER_ID_PREFIX);
      statement.setInt(2, RECENT_ORDERS);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          recent.addFirst(new Order(row.getString("order_id"), row.getBigDecimal("amount")));
        }
      }
    }
  }

  private Client nextInTurn() {
    Turn turn = turns.poll();
    if (turn == null) {
      return null;
    }
    if (random.nextDouble() < LAPSE) {
      silent.add(turn.client());
    } else {
      turns.add(new Turn(turn.at() + nextGap(turn.client()), turn.client()));
    }
    return turn.client();
  }

  private Client anySilent() {
    return silent.isEmpty() ? null : silent.get(random.nextInt(silent.size()));
  }

  private double nextGap(Client client) {
    return OrderingPattern.logNormal(client.gapDays(), 0.3, random);
  }

  private void order(Connection connection, Client client) throws SQLException {
    if (client == null) {
      return;
    }
    Order order =
        new Order("order-" + UUID.randomUUID(), DemoShop.amount(client.usualBasket(), random));
    String sql =
        "insert into shop.orders (order_id, user_id, amount, currency, category)"
            + " values (?, ?, ?, 'EUR', ?)";
    String category = DemoShop.category(client.preferred(), random);
    update(connection, sql, order.orderId(), client.userId(), order.amount(), category);
    recent.addLast(order);
    if (recent.size() > RECENT_ORDERS) {
      recent.removeFirst();
    }
  }

  private void refund(Connection connection) throws SQLException {
    Order order = recent.pollFirst();
    if (order != null) {
      String sql = "update shop.orders set refunded_amount = ? where order_id = ?";
      update(connection, sql, DemoShop.refund(order.amount(), random), order.orderId());
    }
  }

  private void cancel(Connection connection) throws SQLException {
    Order order = recent.pollLast();
    if (order != null) {
      String sql = "update shop.orders set status = 'CANCELLED' where order_id = ?";
      update(connection, sql, order.orderId());
    }
  }

  private void join(Connection connection) throws SQLException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String userId = DemoShop.USER_ID_PREFIX + UUID.randomUUID();
    UserRow row = DemoClient.joining(userId, now, random);
    Upsert.users(Upsert.ALL_USER_COLUMNS).write(connection, List.of(row));
    Client client =
        new Client(
            userId,
            row.preferredCategories(),
            DemoClient.usualBasket(random),
            FIRST_ORDERS_GAP_DAYS);
    double present = turns.isEmpty() ? 0 : turns.peek().at();
    turns.add(new Turn(present + random.nextDouble(), client));
  }

  private void changeConsent(Connection connection) throws SQLException {
    Client client = anySilent();
    if (client != null) {
      String sql =
          "update shop.users set marketing_consent = not marketing_consent where user_id = ?";
      update(connection, sql, client.userId());
    }
  }

  private static void update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }

  private static List<String> texts(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }
}
