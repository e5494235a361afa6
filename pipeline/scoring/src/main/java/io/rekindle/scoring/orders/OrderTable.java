package io.rekindle.scoring.orders;

import io.rekindle.platform.text.CurrencyCodes;
import java.util.Arrays;

/**
 * One user's orders in growing arrays, which the next user reuses. Callers add the orders ascending
 * by time.
 */
public final class OrderTable implements OrderHistory {

  private static final int INITIAL_ROWS = 64;

  private int size;
  private long[] placedAt = new long[INITIAL_ROWS];
  private long[] netMinor = new long[INITIAL_ROWS];
  private int[] currency = new int[INITIAL_ROWS];

  /** Forgets all rows. */
  public void clear() {
    size = 0;
  }

  /**
   * Adds an order.
   *
   * @param orderPlacedAt epoch milliseconds, not before the last added order
   * @param orderNetMinor amount less refunds in hundredths of the currency's unit
   * @param orderCurrency packed by {@link CurrencyCodes}
   */
  public void add(long orderPlacedAt, long orderNetMinor, int orderCurrency) {
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

  /** Forgets all but the last {@link #MAX_ORDERS} orders, and returns how many it forgot. */
  public int keepNewest() {
    int surplus = Math.max(0, size - MAX_ORDERS);
    if (surplus > 0) {
      System.arraycopy(placedAt, surplus, placedAt, 0, MAX_ORDERS);
      System.arraycopy(netMinor, surplus, netMinor, 0, MAX_ORDERS);
      System.arraycopy(currency, surplus, currency, 0, MAX_ORDERS);
      size = MAX_ORDERS;
    }
    return surplus;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long placedAt(int index) {
    return placedAt[index];
  }

  @Override
  public long netMinor(int index) {
    return netMinor[index];
  }

  @Override
  public int currency(int index) {
    return currency[index];
  }
}
