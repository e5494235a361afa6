package io.rekindle.email.llm;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Money for a UTC day. A call reserves money, and its cost replaces the reservation. So many calls
 * at once cannot overdraw the budget together. Thread-safe.
 */
final class DailyBudget {

  private final BigDecimal limit;
  private final Clock clock;
  private LocalDate day;
  private BigDecimal spent;
  private BigDecimal reserved = BigDecimal.ZERO;

  /**
   * @param spentToday before, by earlier runs
   */
  DailyBudget(BigDecimal limit, BigDecimal spentToday, Clock clock) {
    this.limit = limit;
    this.clock = clock;
    this.day = today();
    this.spent = spentToday;
  }

  /** Sets money aside; false if the rest of the day's money does not suffice. */
  synchronized boolean reserve(BigDecimal amount) {
    turnDay();
    BigDecimal after = spent.add(reserved).add(amount);
    if (limit.signum() == 0 || after.compareTo(limit) > 0) {
      return false;
    }
    reserved = reserved.add(amount);
    return true;
  }

  /** Replaces a reservation by the real cost, which may be nothing, or more. */
  synchronized void recordActual(BigDecimal reservation, BigDecimal actual) {
    turnDay();
    reserved = reserved.subtract(reservation);
    spent = spent.add(actual);
  }

  private void turnDay() {
    LocalDate today = today();
    if (!today.equals(day)) {
      day = today;
      spent = BigDecimal.ZERO;
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
