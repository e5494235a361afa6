package io.rekindle.local.stack;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The CSV files of a shop that never was: users with rhythms of their own who stay, lapse or never
 * order; refunds, cancellations, orders of users in no file, ids that repeat, and rows that are
 * none.
 */
final class ShopFiles {

  private static final int USERS = 700;
  private static final int UNKNOWN_USERS = 40;
  private static final int MAX_ORDERS = 16;
  private static final Instant END = Instant.parse("2026-10-01T00:00:00Z");
  private static final Duration AGE = Duration.ofDays(1_000);
  private static final List<String> NAMES =
      List.of("Ada", "\"Lovelace, Ada\"", "\"Jo \"\"J\"\" Doe\"", "Zoë", "李", "\"two\nlines\"", "");
  private static final List<String> BAD_ORDERS =
      List.of(
          "bad-1,user-1,yesterday,5,0,EUR,PLACED",
          "bad-2,user-1,2026-01-01,-5,0,EUR,PLACED",
          "bad-3,user-1,2026-01-01,5,0,EUR,SHIPPED",
          ",user-1,2026-01-01,5,0,EUR,PLACED",
          "bad-4,user-1,2026-01-01");

  private final Random random;
  private final List<String> users = new ArrayList<>();
  private final List<String> orders = new ArrayList<>();
  private int repeated;
  private int ofUnknownUsers;

  /** Makes up a shop; the same seed makes the same one. */
  ShopFiles(long seed) {
    random = new Random(seed);
    for (int user = 0; user < USERS; user++) {
      users.add(
          "user-%d,%s,%s"
              .formatted(user, NAMES.get(random.nextInt(NAMES.size())), time(END.minus(AGE))));
      placeOrders("user-" + user);
    }
    int known = orders.size();
    for (int unknownUser = 0; unknownUser < UNKNOWN_USERS; unknownUser++) {
      placeOrders("unknownUser-" + unknownUser);
    }
    ofUnknownUsers = orders.size() - known;
    // The same orders again, a little cheaper and further down, where they count.
    for (int order = 0; order < known; order += 25) {
      orders.add(orders.get(order).replaceFirst("(?<=Z,)\\d+", "1"));
      repeated++;
    }
  }

  int users() {
    return users.size();
  }

  /** Different orders. */
  int orders() {
    return orders.size() - repeated;
  }

  /** Rows of orders whose id comes again. */
  int repeated() {
    return repeated;
  }

  /** Orders of users whom the shop does not have. */
  int ofUnknownUsers() {
    return ofUnknownUsers;
  }

  int badOrders() {
    return BAD_ORDERS.size();
  }

  Path writeUsers(Path file) throws IOException {
    return write(file, "user_id,name,created_at", users);
  }

  Path writeOrders(Path file) throws IOException {
    List<String> rows = new ArrayList<>(orders);
    rows.addAll(rows.size() / 2, BAD_ORDERS);
    return write(file, "order_id,user_id,placed_at,amount,refunded_amount,currency,status", rows);
  }

  private void placeOrders(String user) {
    long gap = Duration.ofDays(3 + random.nextInt(120)).toMillis();
    // Some are silent for long.
    long ago = random.nextBoolean() ? 0 : (long) (gap * 8 * random.nextDouble());
    for (int left = random.nextInt(MAX_ORDERS); left > 0; left--) {
      ago += (long) (gap * 2 * random.nextDouble());
      BigDecimal amount = BigDecimal.valueOf(1_00 + random.nextInt(120_00), 2);
      int roll = random.nextInt(20);
      BigDecimal refunded =
          roll == 0 ? amount : roll == 1 ? new BigDecimal("0.99") : BigDecimal.ZERO;
      orders.add(
          "order-%d,%s,%s,%s,%s,%s,%s"
              .formatted(
                  orders.size(),
                  user,
                  time(END.minusMillis(ago)),
                  amount,
                  refunded,
                  random.nextInt(4) == 0 ? "GBP" : "EUR",
                  roll == 2 ? "CANCELLED" : "PLACED"));
    }
  }

  /** With microseconds, of which the pipeline knows the milliseconds. */
  private String time(Instant instant) {
    return instant.minusNanos(1_000L * random.nextInt(2_000_000)).toString();
  }

  private static Path write(Path file, String header, List<String> rows) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      writer.write(header + "\n");
      for (String row : rows) {
        writer.write(row + "\n");
      }
    }
    return file;
  }
}
