package io.rekindle.dashboard.policies;

import io.rekindle.scoring.OrderHistory;
import java.util.Arrays;

/** One client's orders in arrays that are used again for the next client. */
final class Orders implements OrderHistory {

  /** The pipeline keeps the newest so many of a client. */
  private static final int MOST = 1_000;

  private int size;
  private long[] placedAt = new long[64];
  private long[] netMinor = new long[64];
  private int[] currency = new int[64];

  void clear() {
    size = 0;
  }

  /** Adds an order; they have to come ascending by the time at which they were placed. */
  void add(long orderPlacedAt, long orderNetMinor, int orderCurrency) {
    if (size == placedAt.length) {
      placedAt = Arrays.copyOf(placedAt, 2 * size);
      netMinor = Arrays.copyOf(netMinor, 2 * size);
      currency = Arrays.copyOf(currency, 2 * size);
    }
    placedAt[size] = orderPlacedAt;
    netMinor[size] = orderNetMinor;
    currency[size] = orderCurrency;
    size++;
  }

  @Override
  public int size() {
    return Math.min(size, MOST);
  }

  @Override
  public long placedAt(int index) {
    return placedAt[index + skipped()];
  }

  @Override
  public long netMinor(int index) {
    return netMinor[index + skipped()];
  }

  @Override
  public int currency(int index) {
    return currency[index + skipped()];
  }

  private int skipped() {
    return Math.max(0, size - MOST);
  }
}
