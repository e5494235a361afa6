package io.rekindle.dashboard.statistics;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * The orders of 24 UTC months by new and returning clients, and how many new clients ordered again.
 * All of it by effective orders as they stand now. Erased clients are missing.
 *
 * @param asOf when they were counted, by the database's clock
 * @param currency of all amounts; null if the policy has none and amounts count at face value
 * @param unconvertedOrders orders whose revenue is left out, since the policy has no rate for their
 *     currency
 * @param months oldest first, from the first one with an order; the last one is this month
 */
public record OrderMonths(
    Instant asOf, String currency, long unconvertedOrders, List<OrderMonth> months) {

  /** The same with one number of days for ordering again. */
  OrderMonths within(int days) {
    return new OrderMonths(
        asOf,
        currency,
        unconvertedOrders,
        months.stream().map(month -> month.within(days)).toList());
  }

  /**
   * A month.
   *
   * @param month its first day
   * @param complete whether it is over
   * @param newClients those whose first order is of this month; all their orders of the month count
   *     as theirs
   * @param returningClients those with an order in this month and one in an earlier month
   * @param repeats for each number of days, how many of the new clients ordered again
   */
  public record OrderMonth(
      LocalDate month,
      boolean complete,
      Orders newClients,
      Orders returningClients,
      List<Repeat> repeats) {

    private OrderMonth within(int days) {
      return new OrderMonth(
          month,
          complete,
          newClients,
          returningClients,
          repeats.stream().filter(one -> one.days() == days).toList());
    }
  }

  /**
   * Orders of some clients.
   *
   * @param revenue less refunds
   */
  public record Orders(long clients, long orders, BigDecimal revenue) {}

  /**
   * How many of the new clients of a month ordered again on a later UTC day, within so many times
   * 24 hours after their first order.
   *
   * @param clients those whose first order is at least as long ago
   * @param repeated those of them who ordered again within the time
   * @param share repeated of clients, 0 to 1; null without clients
   * @param complete whether the time is over for every client of the month
   */
  public record Repeat(int days, long clients, long repeated, Double share, boolean complete) {}
}
