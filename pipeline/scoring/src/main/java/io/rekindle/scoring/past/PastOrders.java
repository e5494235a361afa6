package io.rekindle.scoring.past;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One user's orders as the shop has them today, and the part of them that was known at an instant
 * of the past. As {@link OrderHistory} it shows that part. Mutable, and reused for the next user.
 *
 * <p>An order is known from its time on. A cancellation or refund counts from its instant on; one
 * without an instant after the order counts from the beginning.
 */
public final class PastOrders implements OrderHistory {

  /** Stands for no instant. */
  public static final long NEVER = UserFacts.NEVER;

  private static final int INITIAL_ROWS = 64;

  /** A cancellation or refund that came after its order. */
  private record LaterChange(long at, int order, PastCause cause) {

    static final Comparator<LaterChange> ORDER =
        Comparator.comparingLong(LaterChange::at)
            .thenComparingInt(LaterChange::order)
            .thenComparing(LaterChange::cause);
  }

  private int size;
  private String[] ids = new String[INITIAL_ROWS];
  private long[] placedAt = new long[INITIAL_ROWS];
  private int[] currency = new int[INITIAL_ROWS];

  /** The net as known at the present instant. */
  private long[] net = new long[INITIAL_ROWS];

  private long[] refund = new long[INITIAL_ROWS];

  /** Few users have any. */
  private final List<LaterChange> laterChanges = new ArrayList<>();

  private int known;
  private int nextLaterChange;
  private int lastOrder;
  private PastCause lastCause = PastCause.TIME;

  /** Forgets all orders. */
  public void clear() {
    // Ids of a user with many orders must not stay in memory.
    Arrays.fill(ids, 0, size, null);
    size = 0;
    laterChanges.clear();
  }

  /**
   * Adds an order. Callers add orders ascending by time, and at equal times by the bytes of their
   * ids.
   *
   * @param placedTime epoch milliseconds
   * @param amountMinor hundredths of the currency's unit
   * @param refundedMinor the part that was given back, in the same unit
   * @param orderCurrency packed by {@link CurrencyCodes}
   * @param cancelled whether the order is cancelled today
   * @param cancelledAt epoch milliseconds; {@link #NEVER} if unknown; without effect unless
   *     cancelled
   * @param refundedAt epoch milliseconds; {@link #NEVER} if unknown; without effect unless refunded
   */
  public void add(
      String orderId,
      long placedTime,
      long amountMinor,
      long refundedMinor,
      int orderCurrency,
      boolean cancelled,
      long cancelledAt,
      long refundedAt) {
    if (size == placedAt.length) {
      grow();
    }
    boolean cancelledLater = cancelled && cancelledAt > placedTime;
    boolean refundedLater = refundedMinor != 0 && refundedAt > placedTime;
    ids[size] = orderId;
    placedAt[size] = placedTime;
    currency[size] = orderCurrency;
    refund[size] = refundedMinor;
    net[size] =
        cancelled && !cancelledLater ? 0 : amountMinor - (refundedLater ? 0 : refundedMinor);
    // A refund changes nothing after a cancellation.
    if (refundedLater && (!cancelled || refundedAt < cancelledAt)) {
      laterChanges.add(new LaterChange(refundedAt, size, PastCause.ORDER_REFUNDED));
    }
    if (cancelledLater) {
      laterChanges.add(new LaterChange(cancelledAt, size, PastCause.ORDER_CANCELLED));
    }
    size++;
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * size);
    placedAt = Arrays.copyOf(placedAt, 2 * size);
    currency = Arrays.copyOf(currency, 2 * size);
    net = Arrays.copyOf(net, 2 * size);
    refund = Arrays.copyOf(refund, 2 * size);
  }

  /** The number of all orders, whether known or not. */
  public int rows() {
    return size;
  }

  /** The time of the first order; {@link Long#MAX_VALUE} without one. */
  long firstPlacedAt() {
    return size == 0 ? Long.MAX_VALUE : placedAt[0];
  }

  /** Goes before all orders. It can be called once for the added orders. */
  void begin() {
    known = 0;
    nextLaterChange = 0;
    if (laterChanges.size() > 1) {
      laterChanges.sort(LaterChange.ORDER);
    }
  }

  /** The next instant with a change; {@link Long#MAX_VALUE} without one. */
  long nextChange() {
    long placed = known < size ? placedAt[known] : Long.MAX_VALUE;
    return nextLaterChange < laterChanges.size()
        ? Math.min(placed, laterChanges.get(nextLaterChange).at())
        : placed;
  }

  /** Applies all changes until an instant; returns whether there were any. */
  boolean advance(long instant) {
    int before = known;
    while (known < size && placedAt[known] <= instant) {
      known++;
    }
    boolean changed = known > before;
    if (changed) {
      lastOrder = known - 1;
      lastCause = PastCause.ORDER_PLACED;
    }
    while (nextLaterChange < laterChanges.size()
        && laterChanges.get(nextLaterChange).at() <= instant) {
      LaterChange change = laterChanges.get(nextLaterChange++);
      int order = change.order();
      net[order] = change.cause() == PastCause.ORDER_CANCELLED ? 0 : net[order] - refund[order];
      if (!changed || order >= lastOrder) {
        lastOrder = order;
        lastCause = change.cause();
      }
      changed = true;
    }
    return changed;
  }

  /** The kind of the last applied change. At one instant, the change of the newest order. */
  PastCause lastCause() {
    return lastCause;
  }

  /** The order of the last applied change. */
  String lastOrderId() {
    return ids[lastOrder];
  }

  private int firstKnown() {
    return Math.max(0, known - MAX_ORDERS);
  }

  @Override
  public int size() {
    return known - firstKnown();
  }

  @Override
  public long placedAt(int index) {
    return placedAt[firstKnown() + index];
  }

  @Override
  public long netMinor(int index) {
    return net[firstKnown() + index];
  }

  @Override
  public int currency(int index) {
    return currency[firstKnown() + index];
  }
}
