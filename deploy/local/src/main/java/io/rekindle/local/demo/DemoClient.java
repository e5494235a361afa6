package io.rekindle.local.demo;

import io.rekindle.local.importing.OrderRow;
import io.rekindle.local.importing.UserRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A client of the demo shop with name, address and ordering pattern. */
record DemoClient(UserRow row, Region region, OrderingPattern pattern, double usualBasket) {

  private static final Duration CANCELLED_AFTER = Duration.ofHours(20);
  private static final Duration REFUNDED_AFTER = Duration.ofDays(6);

  private static final Duration HISTORY = Duration.ofDays(730);

  /** Weights of the local hours of orders, higher at lunch and in the evening. */
  private static final int[] HOURS = {
    7, 8, 9, 9, 10, 11, 12, 12, 12, 13, 14, 15, 16, 17, 18, 18, 19, 19, 19, 20, 20, 20, 20, 21, 21,
    21, 22, 22, 23
  };

  static DemoClient any(String userId, Instant now, Random random) {
    // A few clients are older than the shop's history.
    Instant joined = now.minusSeconds((long) (random.nextDouble() * 900 * 86_400));
    Region region = Region.any(random);
    UserRow row = row(userId, region, joined, random);
    return new DemoClient(row, region, OrderingPattern.any(random), usualBasket(random));
  }

  static UserRow joining(String userId, Instant now, Random random) {
    return row(userId, Region.any(random), now, random);
  }

  static double usualBasket(Random random) {
    return OrderingPattern.logNormal(55, 0.7, random);
  }

  private static UserRow row(String userId, Region region, Instant joined, Random random) {
    String name = region.name(random);
    boolean reachable = random.nextInt(50) != 0;
    String distinction = userId.substring(DemoShop.USER_ID_PREFIX.length());
    return new UserRow(
        userId,
        reachable ? Region.email(name, distinction) : null,
        name,
        preferredCategories(random),
        region.zone().getId(),
        region.locale(),
        random.nextInt(20) < 17,
        joined);
  }

  List<OrderRow> ordersUntil(Instant now, Random random) {
    List<OrderRow> orders = new ArrayList<>();
    if (pattern == OrderingPattern.NEVER) {
      return orders;
    }
    Instant start = now.minus(HISTORY);
    Instant next = plusDays(row.createdAt(), random.nextDouble() * 3);
    while (next.isBefore(now)) {
      Instant usual = atUsualHour(next, random);
      Instant placedAt = usual.isBefore(row.createdAt()) ? row.createdAt() : usual;
      // Drawn even if it is dropped, so that the random sequence stays equal.
      OrderRow order = order(placedAt, now, random);
      if (placedAt.isBefore(now) && placedAt.isAfter(start)) {
        orders.add(order);
      }
      if (!pattern.lapses(random)) {
        next = plusDays(next, pattern.nextGapDays(random));
      } else if (pattern != OrderingPattern.ONE_OFF && random.nextInt(4) == 0) {
        next = plusDays(next, 100 + random.nextInt(200));
      } else {
        break;
      }
    }
    return orders;
  }

  private OrderRow order(Instant placedAt, Instant now, Random random) {
    BigDecimal amount = DemoShop.amount(usualBasket, random);
    int roll = random.nextInt(100);
    BigDecimal refund = roll < 4 ? DemoShop.refund(amount, random) : BigDecimal.ZERO.setScale(2);
    String status = roll >= 97 ? "CANCELLED" : "PLACED";
    String category = DemoShop.category(row.preferredCategories(), random);
    return new OrderRow(
        "",
        row.userId(),
        placedAt,
        amount,
        refund,
        "EUR",
        status,
        category,
        status.equals("CANCELLED") ? earlier(placedAt.plus(CANCELLED_AFTER), now) : null,
        refund.signum() > 0 ? earlier(placedAt.plus(REFUNDED_AFTER), now) : null);
  }

  private static Instant earlier(Instant first, Instant second) {
    return first.isBefore(second) ? first : second;
  }

  private Instant atUsualHour(Instant day, Random random) {
    LocalTime time =
        LocalTime.of(HOURS[random.nextInt(HOURS.length)], random.nextInt(60), random.nextInt(60));
    return day.atZone(region.zone()).with(time).toInstant();
  }

  private static Instant plusDays(Instant instant, double days) {
    return instant.plusMillis((long) (days * 86_400_000));
  }

  private static List<String> preferredCategories(Random random) {
    Set<String> preferred = new LinkedHashSet<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      preferred.add(DemoShop.CATEGORIES.get(random.nextInt(DemoShop.CATEGORIES.size())));
    }
    return List.copyOf(preferred);
  }
}
