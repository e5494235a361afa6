package io.rekindle.scoring.orders;

/**
 * Sums over a user's orders, and the last contact. One pass from the newest order to the oldest
 * computes them. Mutable and reused for every user, so that scoring allocates nothing.
 *
 * <p>The window has the newest orders up to some point at any instant, and no order subtracts. The
 * user therefore reaches an amount or count with a certain order, and keeps it until that order
 * leaves the window: {@link #leavesWindowAt}.
 */
public final class UserFacts {

  /** Stands for no instant. */
  public static final long NEVER = Long.MIN_VALUE;

  /** A day in milliseconds. */
  public static final long DAY = 86_400_000;

  /**
   * The latest valid instant; its negative is the earliest. Sums of valid instants cannot overflow.
   */
  public static final long MAX_INSTANT = 100_000_000_000_000_000L;

  /** Stands for the spend of an order without effect. */
  public static final long NOT_EFFECTIVE = -1;

  private static final int INITIAL_DAYS = 64;

  private final long windowMillis;
  private final ExchangeRates exchangeRates;
  private final UsualGap gap;

  // The time of the newest order of each order day, the newest day first.
  private long[] dayPlacedAt = new long[INITIAL_DAYS];
  private OrderHistory orders = OrderHistory.EMPTY;

  private int orderCount;
  private int orderDaysEver;
  private int orderDaysInWindow;
  private long totalSpend;
  private long spendInWindow;
  private long lastOrderAt;
  private long usualGap;
  private int unconvertedOrders;
  private int repeatOrders;
  private long repeatSpend;
  private long lastContactAt;

  /**
   * Creates facts by the rules of a policy.
   *
   * @param windowMillis the age at which an order leaves the window
   * @param gap null if the policy needs no usual gap
   */
  public UserFacts(long windowMillis, ExchangeRates exchangeRates, UsualGap gap) {
    this.windowMillis = windowMillis;
    this.exchangeRates = exchangeRates;
    this.gap = gap;
  }

  /**
   * Computes the facts of another user.
   *
   * @param asOf the instant of the window, epoch milliseconds
   * @param contactAt the last contact in epoch milliseconds, or {@link #NEVER}
   * @throws IllegalArgumentException if the orders are not sorted, or a time is too far away
   */
  public void load(OrderHistory history, long asOf, long contactAt) {
    requireNear("The instant to score", asOf);
    if (contactAt != NEVER) {
      requireNear("The last contact", contactAt);
    }
    orders = history;
    lastContactAt = contactAt;
    if (history.size() > dayPlacedAt.length) {
      dayPlacedAt = new long[Math.max(history.size(), 2 * dayPlacedAt.length)];
    }
    final long window = windowMillis;
    final ExchangeRates rates = exchangeRates;
    final boolean faceValue = rates.faceValue();
    final long[] dayTimes = dayPlacedAt;
    int count = 0;
    int days = 0;
    int daysInWindow = 0;
    int unconverted = 0;
    long total = 0;
    long inWindow = 0;
    int ofDay = 0;
    long spendAfterDay = 0;
    long dayStart = Long.MAX_VALUE;
    long newerOrderAt = MAX_INSTANT;
    for (int i = history.size() - 1; i >= 0; i--) {
      long time = history.placedAt(i);
      if (time > newerOrderAt) {
        throw outOfOrder(time, newerOrderAt);
      }
      newerOrderAt = time;
      long net = history.netMinor(i);
      if (net <= 0) {
        continue;
      }
      int converted = 1;
      if (!faceValue) {
        net = rates.toBase(net, history.currency(i));
        if (net == 0) {
          continue;
        }
        if (net == ExchangeRates.NO_RATE) {
          unconverted++;
          converted = 0;
          net = 0;
        }
      }
      count++;
      long newerSpend = total;
      total += net;
      if (total < 0) {
        total = Long.MAX_VALUE;
      }
      if (time < dayStart) {
        dayStart = Math.floorDiv(time, DAY) * DAY;
        dayTimes[days] = time;
        days++;
        ofDay = 0;
        spendAfterDay = newerSpend;
      }
      ofDay += converted;
      if (asOf - time < window) {
        daysInWindow = days;
        inWindow = total;
      }
    }
    if (newerOrderAt < -MAX_INSTANT) {
      throw tooFar("An order", newerOrderAt);
    }
    orderCount = count;
    orderDaysEver = days;
    orderDaysInWindow = daysInWindow;
    totalSpend = total;
    spendInWindow = inWindow;
    lastOrderAt = count == 0 ? NEVER : dayTimes[0];
    unconvertedOrders = unconverted;
    // The day that was reached last is the first order day.
    repeatOrders = count - unconverted - ofDay;
    repeatSpend = spendAfterDay;
    usualGap = count == 0 || gap == null ? 0 : usualGap(Math.min(days, gap.orderDays()));
  }

  /** Effective orders ever. */
  public int orderCount() {
    return orderCount;
  }

  /** UTC days with an effective order. */
  public int orderDaysEver() {
    return orderDaysEver;
  }

  /** UTC days with an effective order in the window. */
  public int orderDaysInWindow() {
    return orderDaysInWindow;
  }

  /** The spend ever, in hundredths of the base currency; at most {@link Long#MAX_VALUE}. */
  public long totalSpend() {
    return totalSpend;
  }

  /**
   * The spend in the window, in hundredths of the base currency; at most {@link Long#MAX_VALUE}.
   */
  public long spendInWindow() {
    return spendInWindow;
  }

  /** The time of the newest effective order, or {@link #NEVER}. */
  public long lastOrderAt() {
    return lastOrderAt;
  }

  /** The usual gap in milliseconds; 0 without an order, or if the policy needs none. */
  public long usualGap() {
    return usualGap;
  }

  /** Effective orders in a currency without a rate. */
  public int unconvertedOrders() {
    return unconvertedOrders;
  }

  /** Effective orders with a rate for their currency, after the first order day. */
  public int repeatOrders() {
    return repeatOrders;
  }

  /**
   * The spend of the {@link #repeatOrders}, in hundredths of the base currency; at most {@link
   * Long#MAX_VALUE}.
   */
  public long repeatSpend() {
    return repeatSpend;
  }

  /** The last contact, or {@link #NEVER}. */
  public long lastContactAt() {
    return lastContactAt;
  }

  /** The time since the last order of a user with an order; 0 for an order in the future. */
  public long elapsed(long instant) {
    return Math.max(0, instant - lastOrderAt);
  }

  /** The orders themselves, for a factor that reads each. */
  public OrderHistory orders() {
    return orders;
  }

  /**
   * The spend of an effective order, in hundredths of the base currency; 0 without a rate for its
   * currency. {@link #NOT_EFFECTIVE} for any other order.
   *
   * @param index as in {@link #orders}
   */
  public long spend(int index) {
    long net = orders.netMinor(index);
    if (net <= 0) {
      return NOT_EFFECTIVE;
    }
    if (exchangeRates.faceValue()) {
      return net;
    }
    long converted = exchangeRates.toBase(net, orders.currency(index));
    if (converted == ExchangeRates.NO_RATE) {
      return 0;
    }
    return converted == 0 ? NOT_EFFECTIVE : converted;
  }

  /** The instant at which an order leaves the window. */
  public long leavesWindowAt(int index) {
    return orders.placedAt(index) + windowMillis;
  }

  /** The instant at which an order day leaves the window; 0 is the newest day. */
  public long dayLeavesWindowAt(int day) {
    return dayPlacedAt[day] + windowMillis;
  }

  private long usualGap(int days) {
    return gap.estimate(days - 1, dayStart(0) - dayStart(days - 1));
  }

  private long dayStart(int day) {
    return Math.floorDiv(dayPlacedAt[day], DAY) * DAY;
  }

  private static void requireNear(String what, long instant) {
    if (instant > MAX_INSTANT || instant < -MAX_INSTANT) {
      throw tooFar(what, instant);
    }
  }

  private static IllegalArgumentException tooFar(String what, long instant) {
    return new IllegalArgumentException(
        what + " at " + instant + " ms is more than three million years away from 1970");
  }

  private static IllegalArgumentException outOfOrder(long placedAt, long newerOrderAt) {
    return newerOrderAt == MAX_INSTANT
        ? tooFar("An order", placedAt)
        : new IllegalArgumentException(
            "The order at " + placedAt + " ms is before one at " + newerOrderAt + " ms: sort them");
  }
}
