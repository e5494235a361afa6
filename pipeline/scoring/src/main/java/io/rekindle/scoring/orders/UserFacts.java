package io.rekindle.scoring.orders;

/**
 * What a user's orders and last contact come to, found in one pass from the newest order to the
 * oldest. Mutable and reused for every user, so that scoring allocates nothing.
 *
 * <p>The orders in the window at any instant are the newest ones up to some point, and no order
 * adds less than nothing. So the user reaches an amount or count with a certain order, and keeps it
 * until that order leaves the window: {@link #leavesWindowAt}.
 */
public final class UserFacts {

  /** Stands for an instant that there is not. */
  public static final long NEVER = Long.MIN_VALUE;

  /** A day in milliseconds. */
  public static final long DAY = 86_400_000;

  /**
   * The latest instant that is accepted, and negated the earliest: sums of times cannot overflow.
   */
  public static final long MAX_INSTANT = 100_000_000_000_000_000L;

  /** Stands for the spend of an order that is not effective. */
  public static final long NOT_EFFECTIVE = -1;

  private static final int INITIAL_DAYS = 64;

  private final long windowMillis;
  private final ExchangeRates exchangeRates;
  private final UsualGap gap;

  // By order day, the newest first: when the newest order of the day was placed.
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
  private long lastContactAt;

  /**
   * Facts by the rules of a policy.
   *
   * @param windowMillis an order counts in the window while it is younger than this
   * @param gap null if the policy does not ask for the usual gap
   */
  public UserFacts(long windowMillis, ExchangeRates exchangeRates, UsualGap gap) {
    this.windowMillis = windowMillis;
    this.exchangeRates = exchangeRates;
    this.gap = gap;
  }

  /**
   * Takes the facts of another user.
   *
   * @param asOf the instant at which orders are in the window, in epoch milliseconds
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
      if (!faceValue) {
        net = rates.toBase(net, history.currency(i));
        if (net == 0) {
          continue;
        }
        if (net == ExchangeRates.NO_RATE) {
          unconverted++;
          net = 0;
        }
      }
      count++;
      total += net;
      if (total < 0) {
        total = Long.MAX_VALUE;
      }
      if (time < dayStart) {
        dayStart = Math.floorDiv(time, DAY) * DAY;
        dayTimes[days] = time;
        days++;
      }
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

  /** Spent ever, in hundredths of the base currency; at most {@link Long#MAX_VALUE}. */
  public long totalSpend() {
    return totalSpend;
  }

  /** Spent in the window, in hundredths of the base currency; at most {@link Long#MAX_VALUE}. */
  public long spendInWindow() {
    return spendInWindow;
  }

  /** When the newest effective order was placed, or {@link #NEVER}. */
  public long lastOrderAt() {
    return lastOrderAt;
  }

  /** The usual gap in milliseconds; 0 without an order, or if the policy does not ask for it. */
  public long usualGap() {
    return usualGap;
  }

  /** Effective orders in a currency without a rate. */
  public int unconvertedOrders() {
    return unconvertedOrders;
  }

  /** When the user was last contacted, or {@link #NEVER}. */
  public long lastContactAt() {
    return lastContactAt;
  }

  /**
   * Time since the last order, which there must be; an order in the future counts as just placed.
   */
  public long elapsed(long instant) {
    return Math.max(0, instant - lastOrderAt);
  }

  /** The orders themselves, for a factor that has to look at each. */
  public OrderHistory orders() {
    return orders;
  }

  /**
   * What an effective order adds to the spend, in hundredths of the base currency: 0 for one in a
   * currency without a rate. {@link #NOT_EFFECTIVE} for any other order.
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

  /** When an order leaves the window. */
  public long leavesWindowAt(int index) {
    return orders.placedAt(index) + windowMillis;
  }

  /** When an order day leaves the window with its newest order; 0 is the newest day. */
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
