package io.rekindle.prediction;

import io.rekindle.prediction.ListedShop.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Shops of made-up clients, each with an own rate of ordering, spending and leaving. */
final class RandomShop {

  static final long DAY = 86_400_000;
  static final long NOW = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();

  private RandomShop() {}

  /** A shop of two years. Some orders are without effect. */
  static ListedShop of(SplittableRandom random, int clients) {
    List<Order> orders = new ArrayList<>();
    double scale = Math.exp(random.nextDouble(-2, 3));
    for (int client = 0; client < clients; client++) {
      orders.addAll(orders(random, "client-" + client, scale));
    }
    return new ListedShop(orders);
  }

  private static List<Order> orders(SplittableRandom random, String userId, double scale) {
    List<Order> orders = new ArrayList<>();
    double meanGapDays = Math.exp(random.nextDouble(1, 6));
    double leaves = random.nextDouble() * random.nextDouble();
    long placedAt = NOW - random.nextLong(DAY, 730 * DAY);
    while (placedAt <= NOW && orders.size() < 300) {
      long net = 1 + Math.round(3_000 * scale * Math.exp(random.nextDouble(-2, 2)));
      orders.add(new Order(userId, placedAt, random.nextInt(12) == 0 ? 0 : net));
      if (random.nextDouble() < leaves) {
        break;
      }
      // Now and then on the same day, or on a border to the millisecond.
      placedAt +=
          switch (random.nextInt(8)) {
            case 0 -> random.nextLong(0, DAY / 4);
            case 1 -> 30 * DAY;
            default -> Math.round(-Math.log(random.nextDouble(1e-9, 1)) * meanGapDays * DAY);
          };
    }
    return orders;
  }
}
