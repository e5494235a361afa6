package io.rekindle.scoring;

import io.rekindle.scoring.policy.ExchangeRates;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.ScoringPolicy.RhythmGap;

/**
 * What a user's orders come to, found in one pass from the newest to the oldest. Mutable and reused
 * for every user, so that scoring allocates nothing.
 *
 * <p>The orders in the window at any instant are the newest ones up to some point, and no order
 * adds less than nothing. So the user reaches a threshold of a tier table with a certain order, and
 * stays above it until that order leaves the window: the same pass finds when each level will drop.
 */
final class OrderFacts {

  static final long DAY = 86_400_000;

  /**
   * The latest instant that is accepted, and negated the earliest: sums of times cannot overflow.
   */
  static final long MAX_INSTANT = 100_000_000_000_000_000L;

  private final Definition policy;
  private final TierCursor orderDaysCursor;
  private final TierCursor spendCursor;

  int orderCount;
  int orderDaysEver;
  int orderDaysInWindow;
  long totalSpend;
  long spendInWindow;
  long lastOrderAt;
  long usualGap;
  int unconvertedOrders;

  OrderFacts(Definition policy, TierCursor orderDaysCursor, TierCursor spendCursor) {
    this.policy = policy;
    this.orderDaysCursor = orderDaysCursor;
    this.spendCursor = spendCursor;
  }

  void load(OrderHistory orders, long asOf) {
    orderDaysCursor.clear();
    spendCursor.clear();
    final long window = policy.windowMillis();
    final ExchangeRates exchangeRates = policy.exchangeRates();
    final boolean faceValue = exchangeRates.faceValue();
    final long[] dayThresholds = policy.orderDays().thresholds();
    final long[] spendThresholds = policy.spend().thresholds();
    final int gapDays = policy.rhythmGap() == null ? 1 : policy.rhythmGap().orderDays();
    int dayLevel = 0;
    int spendLevel = 0;
    int count = 0;
    int days = 0;
    int daysInWindow = 0;
    int unconverted = 0;
    long total = 0;
    long inWindow = 0;
    long last = Score.NEVER;
    long dayStart = Long.MAX_VALUE;
    long newestDayStart = 0;
    long gapStart = 0;
    long newerOrderAt = MAX_INSTANT;
    for (int i = orders.size() - 1; i >= 0; i--) {
      long placedAt = orders.placedAt(i);
      if (placedAt > newerOrderAt) {
        throw outOfOrder(placedAt, newerOrderAt);
      }
      newerOrderAt = placedAt;
      long net = orders.netMinor(i);
      if (net <= 0) {
        continue;
      }
      if (!faceValue) {
        net = exchangeRates.toBase(net, orders.currency(i));
        if (net == 0) {
          continue;
        }
        if (net == ExchangeRates.NO_RATE) {
          unconverted++;
          net = 0;
        }
      }
      count++;
      if (placedAt < dayStart) {
        dayStart = Math.floorDiv(placedAt, DAY) * DAY;
        days++;
        if (days == 1) {
          last = placedAt;
          newestDayStart = dayStart;
        }
        if (days <= gapDays) {
          gapStart = dayStart;
        }
        if (dayLevel + 1 < dayThresholds.length && days == dayThresholds[dayLevel + 1]) {
          dayLevel++;
          orderDaysCursor.addLevel(placedAt + window);
        }
      }
      total += net;
      if (total < 0) {
        total = Long.MAX_VALUE;
      }
      while (spendLevel + 1 < spendThresholds.length && total >= spendThresholds[spendLevel + 1]) {
        spendLevel++;
        spendCursor.addLevel(placedAt + window);
      }
      if (asOf - placedAt < window) {
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
    lastOrderAt = last;
    unconvertedOrders = unconverted;
    usualGap = count == 0 ? 0 : usualGap(Math.min(days, gapDays) - 1, newestDayStart - gapStart);
  }

  /**
   * Time since the last order, which there must be; an order in the future counts as just placed.
   */
  long elapsed(long instant) {
    return Math.max(0, instant - lastOrderAt);
  }

  static IllegalArgumentException tooFar(String what, long instant) {
    return new IllegalArgumentException(
        what + " at " + instant + " ms is more than three million years away from 1970");
  }

  private long usualGap(int gaps, long span) {
    RhythmGap rhythmGap = policy.rhythmGap();
    return rhythmGap == null ? 0 : rhythmGap.estimate(gaps, span);
  }

  private static IllegalArgumentException outOfOrder(long placedAt, long newerOrderAt) {
    return newerOrderAt == MAX_INSTANT
        ? tooFar("An order", placedAt)
        : new IllegalArgumentException(
            "The order at " + placedAt + " ms is before one at " + newerOrderAt + " ms: sort them");
  }
}
