package io.rekindle.prediction;

import io.rekindle.platform.text.Digest;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.OrderHistory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * What a fit must know of the whole shop before it looks at examples.
 *
 * @param clients with an effective order
 * @param repeatClients with two order days or more
 * @param orders effective orders
 * @param firstOrderAt the first of them, epoch milliseconds
 * @param reference the lower median of the orders' amounts, in hundredths
 * @param meanOrder the mean of the orders' amounts in hundredths, rounded half up; at least 1 with
 *     an order
 * @param sample the clients on whom the teacher is fitted
 * @param spend the repeat orders of the same clients
 */
record ShopSummary(
    int clients,
    int repeatClients,
    long orders,
    long firstOrderAt,
    long reference,
    long meanOrder,
    List<BuyingRecord> sample,
    List<RepeatSpend> spend) {

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
              totals.meanOrder(),
              totals.sample.stream().map(Sampled::buying).toList(),
              totals.sample.stream().map(Sampled::spend).toList()));
    }
    return summaries;
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Sampled(long prefix, byte[] digest, BuyingRecord buying, RepeatSpend spend) {

    static Sampled of(long prefix, byte[] digest, ClientSweep sweep) {
      return new Sampled(prefix, digest, sweep.buying(), sweep.repeatSpend());
    }

    /** Most digests differ in their first bytes. */
    private static final Comparator<Sampled> DESCENDING =
        (left, right) -> {
          int order = Long.compareUnsigned(right.prefix, left.prefix);
          return order == 0 ? Arrays.compareUnsigned(right.digest, left.digest) : order;
        };
  }

  /** The sums at one instant. */
  private static final class Totals {

    private final PriorityQueue<Sampled> sample = new PriorityQueue<>(Sampled.DESCENDING);
    private int clients;
    private int repeatClients;
    private long orders;
    private long amounts;
    private long smallest = Long.MAX_VALUE;
    private long largest;

    /** The sum of a large shop can be more than a long. */
    private BigInteger total = BigInteger.ZERO;

    void add(long prefix, byte[] digest, ClientSweep sweep) {
      clients++;
      repeatClients += sweep.orderDays() > 1 ? 1 : 0;
      orders += sweep.orders();
      if (sample.size() < MAX_SAMPLE) {
        sample.add(Sampled.of(prefix, digest, sweep));
      } else if (Long.compareUnsigned(prefix, sample.element().prefix()) <= 0) {
        sample.add(Sampled.of(prefix, digest, sweep));
        sample.remove();
      }
    }

    void add(long number, long sum, long least, long most) {
      amounts += number;
      total = total.add(BigInteger.valueOf(sum));
      smallest = Math.min(smallest, least);
      largest = Math.max(largest, most);
    }

    long meanOrder() {
      if (orders == 0) {
        return 0;
      }
      return amounts == 0
          ? SMALLEST_REFERENCE
          : new BigDecimal(total)
              .divide(BigDecimal.valueOf(amounts), 0, RoundingMode.HALF_UP)
              .longValueExact();
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
      long sum = 0;
      long smallest = Long.MAX_VALUE;
      long largest = 0;
      int order = 0;
      for (int i = 0; i < asOf.length; i++) {
        if (sweep.advance(asOf[i])) {
          for (; order < sweep.orders(); order++) {
            if (sweep.net(order) > 0) {
              amounts++;
              sum = Math.addExact(sum, sweep.net(order));
              smallest = Math.min(smallest, sweep.net(order));
              largest = Math.max(largest, sweep.net(order));
            }
          }
          totals[i].add(prefix, digest, sweep);
          totals[i].add(amounts, sum, smallest, largest);
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

    private long rank;
    private long low;
    private long high;

    Median(Totals totals, Ranges ranges, long[] counts) {
      rank = (totals.amounts - 1) / 2;
      low = SMALLEST_REFERENCE;
      high = SMALLEST_REFERENCE;
      if (totals.amounts > 0) {
        narrow(ranges, counts);
      }
    }

    long value() {
      return low;
    }

    boolean found() {
      return low == high;
    }

    Ranges ranges(int number) {
      return Ranges.of(low, high, number);
    }

    void narrow(Ranges ranges, long[] counts) {
      int range = 0;
      while (rank >= counts[range]) {
        rank -= counts[range];
        range++;
      }
      low = ranges.low() + range * ranges.width();
      high = Math.min(ranges.high(), low + ranges.width() - 1);
    }
  }

  /** Equal ranges between two amounts. */
  private record Ranges(long low, long high, long width) {

    static Ranges of(long low, long high, int number) {
      return new Ranges(low, high, (high - low) / number + 1);
    }

    int size() {
      return (int) ((high - low) / width) + 1;
    }

    int range(long amount) {
      return (int) ((amount - low) / width);
    }
  }

  private static Median[] medians(
      ShopOrders shop, long[] asOf, ExchangeRates rates, Reader reader) {
    ClientSweep sweep = new ClientSweep(rates);
    int number = BUCKETS / asOf.length;
    Median[] medians = first(shop, asOf, sweep, reader, number);
    while (!Arrays.stream(medians).allMatch(Median::found)) {
      List<Median> open = Arrays.stream(medians).filter(median -> !median.found()).toList();
      List<Ranges> ranges = open.stream().map(median -> median.ranges(number)).toList();
      List<long[]> counts = ranges.stream().map(each -> new long[each.size()]).toList();
      long[] until =
          IntStream.range(0, asOf.length)
              .filter(i -> !medians[i].found())
              .mapToLong(i -> asOf[i])
              .toArray();
      shop.forEachClient(
          (userId, history) -> {
            sweep.load(history, asOf[asOf.length - 1]);
            for (int order = 0; order < sweep.size(); order++) {
              long net = sweep.net(order);
              for (int i = 0; i < until.length; i++) {
                Ranges each = ranges.get(i);
                if (net >= each.low() && net <= each.high() && sweep.placedAt(order) <= until[i]) {
                  counts.get(i)[each.range(net)]++;
                }
              }
            }
          });
      for (int i = 0; i < open.size(); i++) {
        open.get(i).narrow(ranges.get(i), counts.get(i));
      }
    }
    return medians;
  }

  /** The medians' ranges after a reading in which all instants have the same ranges. */
  private static Median[] first(
      ShopOrders shop, long[] asOf, ClientSweep sweep, Reader reader, int number) {
    Totals all = reader.totals[asOf.length - 1];
    Ranges ranges =
        all.amounts == 0
            ? new Ranges(SMALLEST_REFERENCE, SMALLEST_REFERENCE, 1)
            : Ranges.of(all.smallest, all.largest, number);
    // By the first instant at which an order counts.
    long[][] counts = new long[asOf.length][ranges.size()];
    if (all.amounts > 0) {
      shop.forEachClient(
          (userId, history) -> {
            sweep.load(history, asOf[asOf.length - 1]);
            int instant = 0;
            for (int order = 0; order < sweep.size(); order++) {
              while (sweep.placedAt(order) > asOf[instant]) {
                instant++;
              }
              if (sweep.net(order) > 0) {
                counts[instant][ranges.range(sweep.net(order))]++;
              }
            }
          });
    }
    Median[] medians = new Median[asOf.length];
    long[] sums = new long[ranges.size()];
    for (int i = 0; i < medians.length; i++) {
      for (int range = 0; range < sums.length; range++) {
        sums[range] += counts[i][range];
      }
      medians[i] = new Median(reader.totals[i], ranges, sums);
    }
    return medians;
  }
}
