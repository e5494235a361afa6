package io.rekindle.bench;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SplittableRandom;

/** What the reconstruction of a made-up shop costs in one thread, without a database. */
final class ReconstructionCost {

  private static final long SEED = 20_260_101L;
  private static final long UNTIL = ChangeStream.START;
  private static final long DAYS = 730;

  private ReconstructionCost() {}

  /**
   * Prints the time for all users.
   *
   * @param ordersEach the average number of orders of a user
   */
  static void measure(int users, int ordersEach, PrintWriter out) {
    SplittableRandom random = new SplittableRandom(SEED);
    Reconstruction reconstruction = new Reconstruction(ScoringPolicy.byDefault());
    PastOrders orders = new PastOrders();
    long[] counts = new long[2];
    long from = UNTIL - DAYS * UserFacts.DAY;
    long begin = System.nanoTime();
    for (int user = 0; user < users; user++) {
      orders.clear();
      fill(orders, 1 + random.nextInt(2 * ordersEach - 1), from, random);
      counts[0] += orders.rows();
      reconstruction.run(orders, UNTIL, from, UNTIL, row -> counts[1]++);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    out.printf(
        Locale.ROOT,
        "%,d users, %,d orders, %,d rows of the past in %.1f s: %.1f µs a user, %.2f µs a row%n",
        users,
        counts[0],
        counts[1],
        seconds,
        seconds * 1e6 / users,
        seconds * 1e6 / Math.max(1, counts[1]));
  }

  /** Orders with gaps around a mean of the user's own, so that some users are long gone. */
  private static void fill(PastOrders orders, int count, long from, SplittableRandom random) {
    long gap = random.nextLong(5, 120) * UserFacts.DAY;
    long placedAt = from + random.nextLong(0, 365 * UserFacts.DAY);
    for (int i = 0; i < count && placedAt < UNTIL; i++) {
      boolean cancelled = random.nextInt(40) == 0;
      orders.add(
          "order",
          placedAt,
          random.nextLong(500, 20_000),
          0,
          CurrencyCodes.BASE,
          cancelled,
          placedAt + UserFacts.DAY,
          PastOrders.NEVER);
      placedAt += random.nextLong(UserFacts.DAY, 2 * gap);
    }
  }
}
