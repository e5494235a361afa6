package io.rekindle.prediction;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderTable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Fits a policy to a made-up shop that is generated anew in each reading, so that nothing is
 * measured but the fit and the generator. Arguments: the number of clients (1,000,000 by default,
 * with about ten orders each). Prints times and the peak of the heap.
 */
final class PolicyFitBenchmark {

  private static final long DAY = RandomShop.DAY;
  private static final int MAX_ORDERS = 200;

  private PolicyFitBenchmark() {}

  public static void main(String[] args) {
    int clients = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
    long[] orders = new long[1];
    long started = System.nanoTime();
    generate(clients, (user, history) -> orders[0] += history.size());
    long generated = System.nanoTime();
    FitResult result = PolicyFit.fit(visitor -> generate(clients, visitor), RandomShop.NOW);
    long fitted = System.nanoTime();
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    System.out.printf(
        Locale.ROOT,
        "%,d clients, %,d orders; one reading of the generator %.1f s, the fit %.1f s (%.1f s of"
            + " processor time for all), peak of all memory pools %,d MB%n",
        clients,
        orders[0],
        seconds(generated - started),
        seconds(fitted - generated),
        seconds(cpu),
        peak >> 20);
    FittedPolicy policy = ((FitResult.Fitted) result).policy();
    System.out.printf(
        Locale.ROOT,
        "%,d examples, %,d cells, AUC %.4f%n",
        policy.examples(),
        policy.cells(),
        policy.quality().auc());
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  static void generate(int clients, ShopOrders.Visitor visitor) {
    OrderTable table = new OrderTable();
    long[] times = new long[MAX_ORDERS];
    for (int client = 0; client < clients; client++) {
      SplittableRandom random = new SplittableRandom(client);
      int size = Math.min(MAX_ORDERS, 1 + (int) (-9 * Math.log(1 - random.nextDouble())));
      long from = RandomShop.NOW - random.nextLong(30 * DAY, 900 * DAY);
      long until = random.nextInt(3) == 0 ? RandomShop.NOW : from + random.nextLong(DAY, 400 * DAY);
      for (int i = 0; i < size; i++) {
        times[i] = random.nextLong(from, Math.min(RandomShop.NOW, until));
      }
      Arrays.sort(times, 0, size);
      table.clear();
      for (int i = 0; i < size; i++) {
        table.add(times[i], random.nextLong(500, 20_000), CurrencyCodes.BASE);
      }
      visitor.client("client-" + client, table);
    }
  }
}
