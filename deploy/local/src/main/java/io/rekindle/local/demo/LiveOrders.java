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
 * Lets the demo shop go on as its past went: clients order in their own rhythm, lapse and come
 * back, orders are refunded and cancelled, and new clients join. At the speed of real life, 2,000
 * clients make about two changes an hour.
 *
 * <p>Runs on its own thread from {@link #start} to {@link #close}. It waits while the database does
 * not answer.
 */
public final class LiveOrders implements AutoCloseable {

  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);
  private static final int RECENT_ORDERS = 500;
  private static final double FIRST_ORDERS_GAP_DAYS = 60;

  /** The share of the changes that are orders of clients who are due, in percent. */
  private static final int DUE_PERCENT = 84;

  /** The number of usual gaps without an order after which a client is no longer due. */
  private static final double SILENT_AFTER_GAPS = 2.5;

  private static final int DRAWS = 20;

  private record Client(
      String userId,
      List<String> preferred,
      double usualBasket,
      double gapDays,
      OrderingPattern pattern) {

    double nextGapDays(Random random) {
      return pattern.nextGapDays(gapDays, random);
    }

    /** Draws how many days are left of a gap that has lasted for some. */
    double restOfGapDays(double silentDays, Random random) {
      for (int draw = 0; draw < DRAWS; draw++) {
        double rest = nextGapDays(random) - silentDays;
        if (rest > 0) {
          return rest;
        }
      }
      return gapDays * random.nextDouble();
    }
  }

  /** A client's place in the queue, in days since the start. */
  private record Turn(double at, Client client) {}

  private record Order(String orderId, BigDecimal amount) {}

  private final DataSource shop;
  private final int speed;
  private final Consumer<String> log;
  private final Random random;
  private final PausingThread thread = new PausingThread("live-orders", this::run);

  private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
  private final List<Client> silent = new ArrayList<>();
  private final Deque<Order> recent = new ArrayDeque<>();

  /**
   * @param shop connections of a role with write access to the shop's tables
   * @param speed how many times as often as in real life the shop changes; at least 1
   * @param log receives a line when the database stops answering and when it answers again
   */
  public LiveOrders(DataSource shop, int speed, Consumer<String> log) {
    this(shop, speed, log, new Random());
  }

  LiveOrders(DataSource shop, int speed, Consumer<String> log, Random random) {
    this.shop = shop;
    this.speed = speed;
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
    double pause = -Math.log(1 - random.nextDouble()) * DAY_MILLIS / (changesPerDay() * speed);
    return Duration.ofMillis((long) pause);
  }

  /** The changes in a day of real life, at least one. */
  double changesPerDay() {
    double orders = turns.stream().mapToDouble(turn -> 1 / turn.client().gapDays()).sum();
    return Math.max(1, orders * 100 / DUE_PERCENT);
  }

  /** Makes one change in a transaction of its own. */
  void change(Connection connection) throws SQLException {
    int chance = random.nextInt(100);
    if (chance < DUE_PERCENT) {
      order(connection, nextInTurn());
    } else if (chance < 88) {
      refund(connection);
    } else if (chance < 91) {
      cancel(connection);
    } else if (chance < 93) {
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
          boolean hasRhythm = !row.wasNull();
          if (!hasRhythm) {
            gapDays = FIRST_ORDERS_GAP_DAYS;
          }
          // Few of those who ordered once order again.
          boolean ends = !hasRhythm && random.nextInt(4) > 0;
          Client client =
              new Client(
                  row.getString("user_id"),
                  texts(row.getArray("preferred_categories")),
                  row.getDouble("usual_basket"),
                  gapDays,
                  OrderingPattern.nearest(gapDays));
          double silentDays = row.getDouble("silent_days");
          if (row.wasNull() || ends || silentDays > SILENT_AFTER_GAPS * gapDays) {
            silent.add(client);
          } else {
            turns.add(new Turn(client.restOfGapDays(silentDays, random), client));
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
    Client client = turn.client();
    if (client.pattern().lapses(random)) {
      silent.add(client);
    } else {
      turns.add(new Turn(turn.at() + client.nextGapDays(random), client));
    }
    return client;
  }

  private Client anySilent() {
    return silent.isEmpty() ? null : silent.get(random.nextInt(silent.size()));
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
      String sql =
          "update shop.orders set refunded_amount = ?, refunded_at = now() where order_id = ?";
      update(connection, sql, DemoShop.refund(order.amount(), random), order.orderId());
    }
  }

  private void cancel(Connection connection) throws SQLException {
    Order order = recent.pollLast();
    if (order != null) {
      String sql =
          "update shop.orders set status = 'CANCELLED', cancelled_at = now() where order_id = ?";
      update(connection, sql, order.orderId());
    }
  }

  private void join(Connection connection) throws SQLException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String userId = DemoShop.USER_ID_PREFIX + UUID.randomUUID();
    UserRow row = DemoClient.joining(userId, now, random);
    Upsert.users(Upsert.ALL_USER_COLUMNS).write(connection, List.of(row));
    OrderingPattern pattern = OrderingPattern.any(random);
    if (pattern == OrderingPattern.NEVER) {
      return;
    }
    double gapDays = pattern == OrderingPattern.ONE_OFF ? FIRST_ORDERS_GAP_DAYS : pattern.gapDays();
    Client client =
        new Client(
            userId, row.preferredCategories(), DemoClient.usualBasket(random), gapDays, pattern);
    double present = turns.isEmpty() ? 0 : turns.peek().at();
    turns.add(new Turn(present + random.nextDouble() * 3, client));
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
