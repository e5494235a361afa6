package io.rekindle.prediction;

import io.rekindle.platform.text.Digest;
import io.rekindle.scoring.orders.OrderHistory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
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

  private static final int BUCKETS = 1 << 20;

  /** Reads the shop two times or more. Without an order all numbers are 0. */
  static ShopSummary read(ShopOrders shop, long asOf) {
    Reader reader = new Reader(asOf);
    shop.forEachClient(reader);
    long reference = reader.orders == 0 ? 0 : lowerMedian(shop, asOf, reader);
    return new ShopSummary(
        reader.clients,
        reader.repeatClients,
        reader.orders,
        reader.firstOrderAt,
        reference,
        reader.meanOrder(),
        reader.sample.stream().map(Sampled::buying).toList(),
        reader.sample.stream().map(Sampled::spend).toList());
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Sampled(byte[] digest, BuyingRecord buying, RepeatSpend spend) {}

  private static final class Reader implements ShopOrders.Visitor {

    private final long asOf;
    private final ClientSweep sweep = new ClientSweep();
    private final PriorityQueue<Sampled> sample =
        new PriorityQueue<>(
            Comparator.comparing(Sampled::digest, Arrays::compareUnsigned).reversed());
    private int clients;
    private int repeatClients;
    private long orders;
    private long firstOrderAt = Long.MAX_VALUE;
    private long smallest = Long.MAX_VALUE;
    private long largest;

    /** The sum of a large shop can be more than a long. */
    private BigInteger total = BigInteger.ZERO;

    Reader(long asOf) {
      this.asOf = asOf;
    }

    @Override
    public void client(String userId, OrderHistory history) {
      sweep.load(history, asOf);
      if (!sweep.advance(asOf)) {
        return;
      }
      clients++;
      repeatClients += sweep.orderDays() > 1 ? 1 : 0;
      orders += sweep.size();
      firstOrderAt = Math.min(firstOrderAt, sweep.placedAt(0));
      long sum = 0;
      for (int i = 0; i < sweep.size(); i++) {
        sum = Math.addExact(sum, sweep.net(i));
        smallest = Math.min(smallest, sweep.net(i));
        largest = Math.max(largest, sweep.net(i));
      }
      total = total.add(BigInteger.valueOf(sum));
      byte[] digest = Digest.of(userId);
      if (sample.size() < MAX_SAMPLE) {
        sample.add(new Sampled(digest, sweep.buying(), sweep.repeatSpend()));
      } else if (Arrays.compareUnsigned(digest, sample.element().digest()) < 0) {
        sample.remove();
        sample.add(new Sampled(digest, sweep.buying(), sweep.repeatSpend()));
      }
    }

    long meanOrder() {
      return orders == 0
          ? 0
          : new BigDecimal(total)
              .divide(BigDecimal.valueOf(orders), 0, RoundingMode.HALF_UP)
              .longValueExact();
    }
  }

  /**
   * The amount at index (m &minus; 1) div 2 of the sorted amounts. Counts amounts in equal ranges,
   * and again in the range that has it, so memory does not depend on the number of orders.
   */
  private static long lowerMedian(ShopOrders shop, long asOf, Reader reader) {
    ClientSweep sweep = new ClientSweep();
    long rank = (reader.orders - 1) / 2;
    long low = reader.smallest;
    long high = reader.largest;
    while (low < high) {
      final long from = low;
      final long to = high;
      final long width = (high - low) / BUCKETS + 1;
      long[] counts = new long[(int) ((high - low) / width) + 1];
      shop.forEachClient(
          (userId, history) -> {
            sweep.load(history, asOf);
            for (int i = 0; i < sweep.size(); i++) {
              long net = sweep.net(i);
              if (net >= from && net <= to) {
                counts[(int) ((net - from) / width)]++;
              }
            }
          });
      int bucket = 0;
      while (rank >= counts[bucket]) {
        rank -= counts[bucket];
        bucket++;
      }
      low = from + bucket * width;
      high = Math.min(to, low + width - 1);
    }
    return low;
  }
}
