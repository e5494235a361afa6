package io.rekindle.prediction;

import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.orders.UsualGap;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.Arrays;

/**
 * The facts about a client at ascending instants, in one pass over the client's orders. All facts
 * at an instant use the effective orders up to it. Mutable and reused for every client.
 */
final class ClientSweep {

  /** Stands for no order. */
  static final long NEVER = UserFacts.NEVER;

  private static final long DAY = UserFacts.DAY;
  static final long WINDOW = 365 * DAY;
  private static final UsualGap GAP = ScoringPolicy.builtIn("cadence-v1").definition().usualGap();
  private static final int INITIAL_ROWS = 64;

  private final ExchangeRates rates;

  // Effective orders, ascending.
  private long[] placedAt = new long[INITIAL_ROWS];
  private long[] net = new long[INITIAL_ROWS];
  private int size;

  // The order days of the orders up to the present instant: midnight, and the newest order of each.
  private long[] dayStart = new long[INITIAL_ROWS];
  private long[] dayNewest = new long[INITIAL_ROWS];
  private int days;

  private int next;
  private int firstInWindow;
  private int firstDayInWindow;
  private long spendInWindow;
  private long instant;

  // The levels at the present instant that no reference value changes; computed when asked for.
  private boolean leveled;
  private int levelsBeforeValue;
  private int loyaltyLevel;

  // The same at the last order.
  private boolean leveledAtLastOrder;
  private int levelsAtLastOrder;
  private long spendAtLastOrder;

  /** Takes every amount at face value. */
  ClientSweep() {
    this(ExchangeRates.FACE_VALUE);
  }

  /**
   * Converts amounts. As in the engine, an order without a rate for its currency counts without
   * spend.
   */
  ClientSweep(ExchangeRates rates) {
    this.rates = rates;
  }

  /**
   * Loads another client.
   *
   * @param until later orders are left out; epoch milliseconds
   * @throws IllegalArgumentException if the orders are not sorted
   */
  void load(OrderHistory orders, long until) {
    if (orders.size() > placedAt.length) {
      int capacity = Math.max(orders.size(), 2 * placedAt.length);
      placedAt = new long[capacity];
      net = new long[capacity];
      dayStart = new long[capacity];
      dayNewest = new long[capacity];
    }
    size = 0;
    long previous = Long.MIN_VALUE;
    for (int i = 0; i < orders.size(); i++) {
      long time = orders.placedAt(i);
      if (time < previous) {
        throw new IllegalArgumentException(
            "The order at " + time + " ms is after one at " + previous + " ms: sort them");
      }
      previous = time;
      long spend = time <= until ? spend(orders, i) : UserFacts.NOT_EFFECTIVE;
      if (spend != UserFacts.NOT_EFFECTIVE) {
        placedAt[size] = time;
        net[size] = spend;
        size++;
      }
    }
    days = 0;
    next = 0;
    firstInWindow = 0;
    firstDayInWindow = 0;
    spendInWindow = 0;
    instant = Long.MIN_VALUE;
    leveled = false;
    leveledAtLastOrder = false;
  }

  private long spend(OrderHistory orders, int order) {
    long paid = orders.netMinor(order);
    if (paid <= 0) {
      return UserFacts.NOT_EFFECTIVE;
    }
    if (rates.faceValue()) {
      return paid;
    }
    long converted = rates.toBase(paid, orders.currency(order));
    if (converted == ExchangeRates.NO_RATE) {
      return 0;
    }
    return converted == 0 ? UserFacts.NOT_EFFECTIVE : converted;
  }

  /**
   * Goes to an instant that is not before the present one.
   *
   * @return whether there is an order up to it
   */
  boolean advance(long to) {
    instant = to;
    leveled = false;
    leveledAtLastOrder = false;
    for (; next < size && placedAt[next] <= to; next++) {
      long day = Math.floorDiv(placedAt[next], DAY) * DAY;
      if (days == 0 || dayStart[days - 1] != day) {
        dayStart[days] = day;
        days++;
      }
      dayNewest[days - 1] = placedAt[next];
      spendInWindow += net[next];
    }
    for (; firstInWindow < next && to - placedAt[firstInWindow] >= WINDOW; firstInWindow++) {
      spendInWindow -= net[firstInWindow];
    }
    while (firstDayInWindow < days && to - dayNewest[firstDayInWindow] >= WINDOW) {
      firstDayInWindow++;
    }
    return next > 0;
  }

  /** The number of loaded orders. */
  int size() {
    return size;
  }

  /** The time of a loaded order, epoch milliseconds. */
  long placedAt(int order) {
    return placedAt[order];
  }

  /** The number of orders up to the present instant. */
  int orders() {
    return next;
  }

  /** The amount of a loaded order in hundredths; 0 without a rate for its currency. */
  long net(int order) {
    return net[order];
  }

  /** The time of the first order after the present instant, or {@link Long#MAX_VALUE}. */
  long nextOrderAt() {
    return next < size ? placedAt[next] : Long.MAX_VALUE;
  }

  /**
   * The first order after the present instant on another day than the last one before it, or {@link
   * Long#MAX_VALUE}.
   */
  long nextOrderDayBegins() {
    int order = firstOfNextDay();
    return order < size ? placedAt[order] : Long.MAX_VALUE;
  }

  private int firstOfNextDay() {
    int order = next;
    while (order < size && placedAt[order] < lastDay() + DAY) {
      order++;
    }
    return order;
  }

  /** The order days after the present instant and up to a later one. */
  int orderDaysUntil(long until) {
    int count = 0;
    long last = lastDay();
    for (int order = firstOfNextDay(); order < size && placedAt[order] <= until; order++) {
      long day = Math.floorDiv(placedAt[order], DAY) * DAY;
      count += day == last ? 0 : 1;
      last = day;
    }
    return count;
  }

  /** The spend after the present instant and up to a later one, in hundredths. */
  long spendUntil(long until) {
    long spend = 0;
    for (int order = next; order < size && placedAt[order] <= until; order++) {
      spend += net[order];
    }
    return spend;
  }

  /** The time of the newest order up to the present instant. */
  long lastOrderAt() {
    return next == 0 ? NEVER : placedAt[next - 1];
  }

  /** Order days up to the present instant. */
  int orderDays() {
    return days;
  }

  /** The midnight of the first order day. */
  long firstDay() {
    return dayStart[0];
  }

  /** The midnight of the last order day. */
  long lastDay() {
    return dayStart[days - 1];
  }

  /** Order days in the window. */
  int orderDaysInWindow() {
    return days - firstDayInWindow;
  }

  /** The spend in the window, in hundredths. */
  long spendInWindow() {
    return spendInWindow;
  }

  /** The usual gap in milliseconds. */
  long usualGap() {
    int counted = Math.min(days, GAP.orderDays());
    return GAP.estimate(counted - 1, dayStart[days - 1] - dayStart[days - counted]);
  }

  /**
   * The cell at the present instant.
   *
   * @param reference the reference value in hundredths
   */
  int cell(long reference) {
    level();
    return TierCell.of(
        levelsBeforeValue, TieredFactor.VALUE.level(spendInWindow, reference), loyaltyLevel);
  }

  /** The levels of recency, rhythm and frequency, as in {@link TierCell#beforeValue}. */
  int levelsBeforeValue() {
    level();
    return levelsBeforeValue;
  }

  /** The level of loyalty. */
  int loyaltyLevel() {
    level();
    return loyaltyLevel;
  }

  private void level() {
    if (!leveled) {
      long elapsed = instant - lastOrderAt();
      levelsBeforeValue =
          TierCell.beforeValue(
              TieredFactor.recencyLevel(elapsed),
              TieredFactor.RHYTHM.level(elapsed, usualGap()),
              TieredFactor.FREQUENCY.level(orderDaysInWindow(), 1));
      loyaltyLevel = TieredFactor.LOYALTY.level(days, 1);
      leveled = true;
    }
  }

  /**
   * The cell at the last order, with the orders up to the present instant.
   *
   * @param reference the reference value in hundredths
   */
  int cellAtLastOrder(long reference) {
    if (!leveledAtLastOrder) {
      levelAtLastOrder();
      leveledAtLastOrder = true;
    }
    return TierCell.of(
        levelsAtLastOrder,
        TieredFactor.VALUE.level(spendAtLastOrder, reference),
        TieredFactor.LOYALTY.level(days, 1));
  }

  private void levelAtLastOrder() {
    long last = lastOrderAt();
    int order = next;
    long spend = 0;
    while (order > 0 && last - placedAt[order - 1] < WINDOW) {
      order--;
      spend += net[order];
    }
    int day = days;
    while (day > 0 && last - dayNewest[day - 1] < WINDOW) {
      day--;
    }
    spendAtLastOrder = spend;
    levelsAtLastOrder =
        TierCell.beforeValue(
            TieredFactor.RECENCY.borders(),
            TieredFactor.RHYTHM.borders(),
            TieredFactor.FREQUENCY.level(days - day, 1));
  }

  /** The buying of the client up to the present instant, for the teacher. */
  BuyingRecord buying() {
    return new BuyingRecord(days - 1, weeks(lastDay() - firstDay()), weeks(instant - firstDay()));
  }

  /** The orders of known amounts after the first order day, up to the present instant. */
  RepeatSpend repeatSpend() {
    int orders = 0;
    long total = 0;
    for (int i = next - 1; i >= 0 && placedAt[i] >= dayStart[0] + DAY; i--) {
      // Without a known amount an order says nothing about amounts.
      if (net[i] > 0) {
        orders++;
        total += net[i];
      }
    }
    return new RepeatSpend(orders, total);
  }

  private static double weeks(long millis) {
    return millis / (7.0 * DAY);
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(placedAt, size));
  }
}
