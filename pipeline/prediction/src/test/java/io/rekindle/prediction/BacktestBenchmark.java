package io.rekindle.prediction;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Runs a backtest of a made-up shop, whose generator runs again in each reading. Arguments: the
 * number of clients (1,000,000 by default). Prints times and the peak of the heap.
 */
final class BacktestBenchmark {

  private BacktestBenchmark() {}

  public static void main(String[] args) {
    int clients = args.length == 0 ? 1_000_000 : Integer.parseInt(args[0]);
    int[] readings = new int[1];
    long[] generating = new long[1];
    ShopOrders shop =
        visitor -> {
          readings[0]++;
          long started = System.nanoTime();
          PolicyFitBenchmark.generate(clients, visitor);
          System.out.printf(
              Locale.ROOT,
              "reading %d: %.1f s%n",
              readings[0],
              seconds(System.nanoTime() - started));
        };
    long started = System.nanoTime();
    PolicyFitBenchmark.generate(clients, (user, history) -> generating[0] += history.size());
    long generated = System.nanoTime();
    Backtest.Result result = Backtest.run(shop, BacktestPlan.of(90, 28));
    long done = System.nanoTime();
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    System.out.printf(
        Locale.ROOT,
        "%,d clients, %,d orders, %d instants; one reading of the generator %.1f s, the backtest"
            + " with %d readings %.1f s (%.1f s of processor time for all), peak of all memory"
            + " pools %,d MB%n",
        clients,
        generating[0],
        result.instants().size(),
        seconds(generated - started),
        readings[0],
        seconds(done - generated),
        seconds(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()),
        peak >> 20);
    result
        .policies()
        .forEach(policy -> System.out.println(policy.policy() + " " + policy.figures()));
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
