package io.rekindle.prediction;

import io.rekindle.scoring.orders.OrderHistory;

/**
 * A client's orders up to ascending instants, as the engine would have had them: the newest {@link
 * OrderHistory#MAX_ORDERS}. Mutable and reused for every client.
 */
final class PastOrdersUntil implements OrderHistory {

  private OrderHistory orders = OrderHistory.EMPTY;
  private int first;
  private int end;

  /** Loads another client, without an order yet. */
  void load(OrderHistory sorted) {
    orders = sorted;
    first = 0;
    end = 0;
  }

  /** Goes to an instant that is not before the present one. */
  void advance(long instant) {
    while (end < orders.size() && orders.placedAt(end) <= instant) {
      end++;
    }
    first = Math.max(0, end - MAX_ORDERS);
  }

  @Override
  public int size() {
    return end - first;
  }

  @Override
  public long placedAt(int index) {
    return orders.placedAt(first + index);
  }

  @Override
  public long netMinor(int index) {
    return orders.netMinor(first + index);
  }

  @Override
  public int currency(int index) {
    return orders.currency(first + index);
  }
}
