package io.rekindle.job.state;

import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Keeps all orders of a user, the newest in the {@link UserState} and the others in {@link
 * OrderRows}. The newest {@link UserOrders#MAX_ORDERS} of the present orders count, whichever
 * orders came, moved or went before. Tombstones of removed orders are in {@link OrderRows}, too.
 *
 * <p>A tombstone holds for the retention of event time. Its row may stay longer, without effect.
 */
public final class OrderLedger {

  @SuppressWarnings("ArrayRecordComponent") // Never compared by equals.
  private record Older(String id, byte[] packed, StoredOrder row) implements Comparable<Older> {

    static Older of(Map.Entry<String, StoredOrder> entry) {
      return new Older(entry.getKey(), OrderIds.pack(entry.getKey()), entry.getValue());
    }

    @Override
    public int compareTo(Older other) {
      int byTime = Long.compare(row.placedAt(), other.row.placedAt());
      return byTime != 0 ? byTime : OrderIds.compare(packed, other.packed);
    }
  }

  private final OrderRows rows;
  private final long retentionMs;

  /**
   * @param rows the rows of the user whose state is passed to the other methods
   * @param retentionMs the event time for which a tombstone holds
   */
  public OrderLedger(OrderRows rows, long retentionMs) {
    this.rows = rows;
    this.retentionMs = retentionMs;
  }

  long retentionMs() {
    return retentionMs;
  }

  /** Applies a change at an instant; returns false if it is no newer than the known row. */
  boolean apply(UserState user, OrderChanged order, long at) {
    byte[] id = OrderIds.pack(order.orderId());
    UserOrders newest = user.orders;
    int known = newest.find(id);
    if (known >= 0) {
      if (!newest.isNewer(order.version(), known)) {
        return false;
      }
      if (!newest.replace(known, order)) {
        newest.remove(known);
        place(user, id, order);
        refill(user);
      }
      return true;
    }
    StoredOrder stored = stored(user, order.orderId(), at);
    if (stored != null) {
      if (!stored.isOlderThan(order.version())) {
        return false;
      }
      forget(user, order.orderId(), stored);
    }
    place(user, id, order);
    return true;
  }

  /**
   * Applies a removal at an instant; returns false if it changes nothing.
   *
   * <p>An unknown order gets no tombstone, since its insertion is in the same partition before its
   * deletion. Only a move comes through another partition, and may come first.
   */
  boolean apply(UserState user, OrderRemoved order, long at) {
    int known = user.orders.find(OrderIds.pack(order.orderId()));
    if (known >= 0) {
      if (!user.orders.isNewer(order.version(), known)) {
        return false;
      }
      user.orders.remove(known);
      bury(user, order, at);
      refill(user);
      return true;
    }
    StoredOrder stored = stored(user, order.orderId(), at);
    if (stored == null) {
      if (!order.moved()) {
        return false;
      }
    } else {
      if (!stored.isOlderThan(order.version())) {
        return false;
      }
      forget(user, order.orderId(), stored);
    }
    bury(user, order, at);
    return true;
  }

  /** The row outside the user's state; null without one that holds at an instant. */
  private StoredOrder stored(UserState user, String orderId, long at) {
    if (user.olderOrders == 0 && user.tombstones == 0) {
      return null;
    }
    StoredOrder stored = rows.get(orderId);
    if (stored != null && stored.removed() && stored.removedAt() <= at - retentionMs) {
      forget(user, orderId, stored);
      return null;
    }
    return stored;
  }

  private void forget(UserState user, String orderId, StoredOrder stored) {
    rows.remove(orderId);
    if (stored.removed()) {
      user.tombstones--;
    } else {
      user.olderOrders--;
    }
  }

  private void bury(UserState user, OrderRemoved order, long at) {
    rows.put(order.orderId(), StoredOrder.tombstone(order.version(), at));
    user.oldestRemoval = user.tombstones == 0 ? at : Math.min(user.oldestRemoval, at);
    user.newestRemoval = user.tombstones == 0 ? at : Math.max(user.newestRemoval, at);
    user.tombstones++;
  }

  private void place(UserState user, byte[] id, OrderChanged order) {
    UserOrders newest = user.orders;
    if (user.olderOrders > 0 && newest.isOlder(order.placedAt(), id)) {
      rows.put(order.orderId(), StoredOrder.of(order));
      user.olderOrders++;
      return;
    }
    newest.insert(id, order);
    if (newest.rows() > UserOrders.MAX_ROWS) {
      rows.put(newest.oldestId(), newest.oldest());
      newest.remove(0);
      user.olderOrders++;
    }
  }

  /** Brings older orders back when fewer than count are left. One walk brings many. */
  private void refill(UserState user) {
    if (user.olderOrders == 0 || user.orders.rows() >= UserOrders.MAX_ORDERS) {
      return;
    }
    int required = UserOrders.MAX_ROWS - user.orders.rows();
    PriorityQueue<Older> found = new PriorityQueue<>(required + 1);
    for (Map.Entry<String, StoredOrder> entry : rows.entries()) {
      if (entry.getValue().removed()) {
        continue;
      }
      if (found.size() == required
          && entry.getValue().placedAt() < found.element().row().placedAt()) {
        continue;
      }
      found.add(Older.of(entry));
      if (found.size() > required) {
        found.remove();
      }
    }
    List<Older> ascending = new ArrayList<>(found);
    ascending.sort(Comparator.naturalOrder());
    ascending.forEach(older -> forget(user, older.id(), older.row()));
    user.orders.prepend(
        ascending.stream().map(Older::packed).toList(),
        ascending.stream().map(Older::row).toList());
  }

  /**
   * Removes the tombstones that hold no more. A user with many is walked once per retention.
   *
   * @return whether the user's state changed
   */
  public boolean sweep(UserState user, long at) {
    long expired = at - retentionMs;
    if (user.tombstones == 0
        || user.oldestRemoval > expired
        || (user.newestRemoval > expired && user.oldestRemoval > expired - retentionMs)) {
      return false;
    }
    List<String> ended = new ArrayList<>();
    long oldest = Long.MAX_VALUE;
    for (Map.Entry<String, StoredOrder> entry : rows.entries()) {
      StoredOrder row = entry.getValue();
      if (row.removed() && row.removedAt() <= expired) {
        ended.add(entry.getKey());
      } else if (row.removed()) {
        oldest = Math.min(oldest, row.removedAt());
      }
    }
    ended.forEach(rows::remove);
    user.tombstones -= ended.size();
    user.oldestRemoval = oldest;
    return true;
  }

  /** Removes all rows of a user whose state can be cleared. */
  public void clear(UserState user) {
    if (user.tombstones > 0) {
      rows.clear();
    }
  }
}
