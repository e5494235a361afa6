package io.rekindle.prediction;

import io.rekindle.platform.text.Digest;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.OrderHistory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What a fit must know of the whole shop before it looks at examples.
 *
 * @param clients with an effective order
 * @param repeatClients with two order days or more
 * @param orders effective orders
 * @param firstOrderAt the first of them, epoch milliseconds
 * @param reference the lower median of the orders' amounts, in hundredths
 * @param sample the clients on whom the teacher is fitted
 */
record ShopSummary(
    int clients,
    int repeatClients,
    long orders,
    long firstOrderAt,
    long reference,
    List<BuyingRecord> sample) {

  /**
   * The most clients on whom the teacher is fitted: those with the smallest digests of their ids.
   */
  static final int MAX_SAMPLE = 20_000;

  /** The counts of amounts, for all instants together. */
  private static final int BUCKETS = 1 << 20;

  /** The reference of a shop in which no order has a known amount, in hundredths. */
  private static final long SMALLEST_REFERENCE = 1;

  /**
   * Reads the shop two times or more.
   *
   * @param asOf the instants, ascending, at least one; epoch milliseconds
   * @return the summary at each instant; without an order all numbers are 0
   */
  static List<ShopSummary> read(ShopOrders shop, long[] asOf, ExchangeRates rates) {
    Reader reader = new Reader(asOf, rates);
    shop.forEachClient(reader);
    Median[] medians = medians(shop, asOf, rates, reader);
    List<ShopSummary> summaries = new ArrayList<>();
    for (int i = 0; i < asOf.length; i++) {
      Totals totals = reader.totals[i];
      summaries.add(
          new ShopSummary(
              totals.clients,
              totals.repeatClients,
              totals.orders,
              reader.firstOrderAt,
              totals.orders == 0 ? 0 : medians[i].value(),
              totals.sample.stream().map(Sampled::buying).toList()));
    }
    return summaries;
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Sampled(long prefix, byte[] digest, BuyingRecord buying) {

    /** Most digests differ in their first bytes. */
    private static final Comparator<Sampled> LARGEST_FIRST =
        (left, right) -> {
          int order = Long.compareUnsigned(right.prefix, left.prefix);
          return order == 0 ? Arrays.compareUnsigned(right.digest, left.digest) : order;
        };
  }

  /** The sums at one instant. */
  private static final class Totals {

    private final PriorityQueue<Sampled> sample = new PriorityQueue<>(Sampled.LARGEST_FIRST);
    private int clients;
    private int repeatClients;
    private long orders;
    private long amounts;
    private long smallest = Long.MAX_VALUE;
    private long largest;

    void add(long prefix, byte[] digest, ClientSweep sweep) {
      clients++;
      repeatClients += sweep.orderDays() > 1 ? 1 : 0;
      orders += sweep.orders();
      if (sample.size() < MAX_SAMPLE) {
        sample.add(new Sampled(prefix, digest, sweep.buying()));
      } else if (Long.compareUnsigned(prefix, sample.element().prefix()) <= 0) {
        sample.add(new Sampled(prefix, digest, sweep.buying()));
        sample.remove();
      }
    }

    void add(long number, long least, long most) {
      amounts += number;
      smallest = Math.min(smallest, least);
      largest = Math.max(largest, most);
    }
  }

  private static final class Reader implements ShopOrders.Visitor {

    private final long[] asOf;
    private final ClientSweep sweep;
    private final Totals[] totals;
    private long firstOrderAt = Long.MAX_VALUE;

    Reader(long[] asOf, ExchangeRates rates) {
      this.asOf = asOf;
      sweep = new ClientSweep(rates);
      totals = new Totals[asOf.length];
      Arrays.setAll(totals, i -> new Totals());
    }

    @Override
    public void client(String userId, OrderHistory history) {
      sweep.load(history, asOf[asOf.length - 1]);
      if (sweep.size() == 0) {
        return;
      }
      firstOrderAt = Math.min(firstOrderAt, sweep.placedAt(0));
      byte[] digest = Digest.of(userId);
      long prefix = ByteBuffer.wrap(digest).getLong();
      long amounts = 0;
      long smallest = Long.MAX_VALUE;
      long largest = 0;
      int order = 0;
      for (int i = 0; i < asOf.length; i++) {
        if (sweep.advance(asOf[i])) {
          for (; order < sweep.orders(); order++) {
            if (sweep.net(order) > 0) {
              amounts++;
              smallest = Math.min(smallest, sweep.net(order));
              largest = Math.max(largest, sweep.net(order));
            }
          }
          totals[i].add(prefix, digest, sweep);
          totals[i].add(amounts, smallest, largest);
        }
      }
    }
  }

  /**
   * The search for the amount at index (m &minus; 1) div 2 of the m sorted amounts. It counts
   * amounts in equal ranges, and again in the range that has it, so memory does not depend on the
   * number of orders.
   */
  private static final class Median {

    private final int buckets;
    private long rank;
    private long low;
    private long high;
    private long width;
    private long[] counts;

    Median(Totals totals, int buckets) {
      this.buckets = buckets;
      rank = (totals.amounts - 1) / 2;
      low = totals.amounts == 0 ? SMALLEST_REFERENCE : totals.smallest;
      high = totals.amounts == 0 ? SMALLEST_REFERENCE : totals.largest;
    }

    long value() {
      return low;
    }

    boolean found() {
      return low == high;
    }

    void begin() {
      width = (high - low) / buckets + 1;
      counts = new long[(int) ((high - low) / width) + 1];
    }

    void count(long amount) {
      if (amount >= low && amount <= high) {
        counts[(int) ((amount - low) / width)]++;
      }
    }

    void narrow() {
      int bucket = 0;
      while (rank >= counts[bucket]) {
        rank -= counts[bucket];
        bucket++;
      }
      low += bucket * width;
      high = Math.min(high, low + width - 1);
      counts = null;
    }
  }

  private static Median[] medians(
      ShopOrders shop, long[] asOf, ExchangeRates rates, Reader reader) {
    Median[] medians = new Median[asOf.length];
    Arrays.setAll(medians, i -> new Median(reader.totals[i], BUCKETS / asOf.length));
    ClientSweep sweep = new ClientSweep(rates);
    while (!Arrays.stream(medians).allMatch(Median::found)) {
      List<Median> open = Arrays.stream(medians).filter(median -> !median.found()).toList();
      open.forEach(Median::begin);
      shop.forEachClient(
          (userId, history) -> {
            sweep.load(history, asOf[asOf.length - 1]);
            int first = 0;
            for (int order = 0; order < sweep.size(); order++) {
              while (sweep.placedAt(order) > asOf[first]) {
                first++;
              }
              for (int i = first; i < medians.length; i++) {
                // Without counts it is found.
                if (medians[i].counts != null && sweep.net(order) > 0) {
                  medians[i].count(sweep.net(order));
                }
              }
            }
          });
      open.forEach(Median::narrow);
    }
    return medians;
  }
}
