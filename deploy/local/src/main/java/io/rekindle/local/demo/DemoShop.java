package io.rekindle.local.demo;

import io.rekindle.local.importing.OrderRow;
import io.rekindle.local.importing.Upsert;
import io.rekindle.local.importing.UserRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The history of a made-up shop: 2,000 clients, two years of orders, a year of emails to clients at
 * risk, campaigns of another system, and suppressed clients. Two shops for the same instant are
 * equal on every machine.
 */
public final class DemoShop {

  /** The number of clients. */
  public static final int USERS = 2_000;

  /** The prefix of the ids of all clients of the demo shop. */
  static final String USER_ID_PREFIX = "client-";

  public static final List<String> CATEGORIES =
      List.of(
          "books",
          "garden",
          "kitchen",
          "outdoor",
          "toys",
          "beauty",
          "electronics",
          "music",
          "fashion",
          "pets",
          "sports",
          "home");

  private static final long SEED = 0x52454b494e444c45L;
  private static final int BATCH_ROWS = 5_000;

  /** One of this many clients was part of a campaign of the last two months. */
  private static final int CONTACTED_ONE_IN = 5;

  private static final int CONTACT_DAYS = 60;

  /** One of this many clients is suppressed. */
  private static final int SUPPRESSED_ONE_IN = 40;

  private final List<UserRow> users;
  private final List<OrderRow> orders;
  private final List<Contact> contacts;
  private final List<Suppression> suppressions;
  private final PastCampaign campaign;
  private final List<PastEpisode> episodes;

  private DemoShop(
      List<UserRow> users,
      List<OrderRow> orders,
      List<Contact> contacts,
      List<Suppression> suppressions,
      PastCampaign campaign,
      List<PastEpisode> episodes) {
    this.users = users;
    this.orders = orders;
    this.contacts = contacts;
    this.suppressions = suppressions;
    this.campaign = campaign;
    this.episodes = episodes;
  }

  /** An email of another system. */
  record Contact(String emailId, String userId, Instant sentAt) {}

  /**
   * A suppressed client or address.
   *
   * @param address the suppressed address; null if the client is suppressed
   */
  record Suppression(String userId, String address, String reason, Instant createdAt) {}

  /**
   * Writes the shop's history into the empty tables {@code shop.users}, {@code shop.orders}, {@code
   * engagement.emails}, {@code engagement.suppressions}, {@code engagement.risk_episodes} and
   * {@code engagement.outreach_decisions}, all of it or nothing.
   *
   * @param connection connection of a role with write access to these tables; its auto-commit mode
   *     is kept
   * @param now the end of the history
   */
  public static void fill(Connection connection, Instant now) throws SQLException {
    DemoShop shop = endingAt(now);
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      write(connection, Upsert.users(Upsert.ALL_USER_COLUMNS), shop.users);
      write(connection, Upsert.orders(Upsert.ALL_ORDER_COLUMNS), shop.orders);
      shop.writeContacts(connection);
      shop.writeSuppressions(connection);
      PastEpisodeTables.write(connection, shop.campaign, shop.episodes);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  /** Creates the shop whose history ends at the given instant. */
  static DemoShop endingAt(Instant now) {
    Instant end = now.truncatedTo(ChronoUnit.MILLIS);
    List<UserRow> users = new ArrayList<>();
    List<OrderRow> orders = new ArrayList<>();
    List<Contact> contacts = new ArrayList<>();
    List<Suppression> suppressions = new ArrayList<>();
    PastCampaign campaign = new PastCampaign(end);
    List<PastEpisode> episodes = new ArrayList<>();
    for (int number = 1; number <= USERS; number++) {
      // Each client has its own random sequence, so that clients are independent.
      Random random = new Random(SEED + 0x9E3779B97F4A7C15L * number);
      DemoClient client = DemoClient.any(USER_ID_PREFIX + "%05d".formatted(number), end, random);
      users.add(client.row());
      List<OrderRow> own = client.ordersUntil(end, random);
      episodes.addAll(campaign.run(client, own, random));
      orders.addAll(own);
      Random others = new Random(SEED - 0x9E3779B97F4A7C15L * number);
      contact(client.row(), end, others).ifPresent(contacts::add);
      suppression(client.row(), end, others).ifPresent(suppressions::add);
    }
    orders.sort(Comparator.comparing(OrderRow::placedAt).thenComparing(OrderRow::userId));
    for (int i = 0; i < orders.size(); i++) {
      orders.set(i, numbered("order-%06d".formatted(i + 1), orders.get(i)));
    }
    return new DemoShop(
        List.copyOf(users),
        List.copyOf(orders),
        List.copyOf(contacts),
        List.copyOf(suppressions),
        campaign,
        List.copyOf(episodes));
  }

  private static Optional<Contact> contact(UserRow user, Instant end, Random random) {
    boolean contacted = random.nextInt(CONTACTED_ONE_IN) == 0;
    Instant sentAt = end.minusSeconds((long) (random.nextDouble() * CONTACT_DAYS * 86_400));
    String emailId = "campaign-" + user.userId().substring(USER_ID_PREFIX.length());
    return contacted && user.email() != null && user.createdAt().isBefore(sentAt)
        ? Optional.of(new Contact(emailId, user.userId(), sentAt))
        : Optional.empty();
  }

  private static Optional<Suppression> suppression(UserRow user, Instant end, Random random) {
    boolean suppressed = random.nextInt(SUPPRESSED_ONE_IN) == 0;
    Instant since = end.minusSeconds((long) (random.nextDouble() * CONTACT_DAYS * 86_400));
    int chance = random.nextInt(4);
    if (!suppressed || user.email() == null || since.isBefore(user.createdAt())) {
      return Optional.empty();
    }
    return Optional.of(
        switch (chance) {
          case 0 -> new Suppression(user.userId(), user.email(), "BOUNCED", since);
          case 1 -> new Suppression(user.userId(), null, "COMPLAINT", since);
          default -> new Suppression(user.userId(), null, "UNSUBSCRIBED", since);
        });
  }

  List<UserRow> users() {
    return users;
  }

  /** Ascending by {@code placed_at}. */
  List<OrderRow> orders() {
    return orders;
  }

  /** Ascending by user. */
  List<Contact> contacts() {
    return contacts;
  }

  /** Ascending by user. */
  List<Suppression> suppressions() {
    return suppressions;
  }

  /** The emails to clients at risk, by user. */
  List<PastEpisode> episodes() {
    return episodes;
  }

  private void writeContacts(Connection connection) throws SQLException {
    String sql =
        "insert into engagement.emails"
            + " (email_id, user_id, subject, status, generated_by, generated_at, sent_at)"
            + " values (?, ?, 'Our new catalogue is out', 'SENT', 'EXTERNAL', ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Contact contact : contacts) {
        statement.setString(1, contact.emailId());
        statement.setString(2, contact.userId());
        statement.setTimestamp(3, Timestamp.from(contact.sentAt()));
        statement.setTimestamp(4, Timestamp.from(contact.sentAt()));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void writeSuppressions(Connection connection) throws SQLException {
    String sql =
        "insert into engagement.suppressions (user_id, address, reason, created_by, created_at)"
            + " values (?, ?, ?, 'newsletter', ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Suppression suppression : suppressions) {
        statement.setString(1, suppression.userId());
        statement.setString(2, suppression.address());
        statement.setString(3, suppression.reason());
        statement.setTimestamp(4, Timestamp.from(suppression.createdAt()));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static <R> void write(Connection connection, Upsert<R> upsert, List<R> rows)
      throws SQLException {
    for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
      upsert.write(connection, rows.subList(from, Math.min(rows.size(), from + BATCH_ROWS)));
    }
  }

  private static OrderRow numbered(String orderId, OrderRow order) {
    return new OrderRow(
        orderId,
        order.userId(),
        order.placedAt(),
        order.amount(),
        order.refundedAmount(),
        order.currency(),
        order.status(),
        order.category(),
        order.cancelledAt(),
        order.refundedAt());
  }

  /** Draws the amount of an order in whole cents, around the usual amount of the client. */
  static BigDecimal amount(double usualBasket, Random random) {
    double amount = Math.max(2, OrderingPattern.logNormal(usualBasket, 0.5, random));
    return BigDecimal.valueOf(amount).setScale(2, RoundingMode.HALF_EVEN);
  }

  /** Draws a refund of the order, which is full in half of the cases. */
  static BigDecimal refund(BigDecimal amount, Random random) {
    return random.nextBoolean()
        ? amount
        : amount
            .multiply(BigDecimal.valueOf(20 + random.nextInt(60)))
            .movePointLeft(2)
            .setScale(2, RoundingMode.HALF_EVEN);
  }

  static String category(List<String> preferred, Random random) {
    List<String> from = preferred.isEmpty() || random.nextInt(4) == 0 ? CATEGORIES : preferred;
    return from.get(random.nextInt(from.size()));
  }
}
