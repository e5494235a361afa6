package io.rekindle.prediction;

import io.rekindle.scoring.policy.SpendModel;

/**
 * What a client is expected to do in the 365 days after an instant. The sums over a shop are often
 * wrong by a half, so they are told as ranks, until a backtest shows otherwise.
 *
 * @param orderDays the expected number of order days
 * @param spend that times the value of the client's next order, in hundredths
 */
public record ExpectedYear(double orderDays, double spend) {

  /** The days of the year. */
  static final int DAYS = 365;

  private static final double WEEKS = DAYS / 7.0;

  static ExpectedYear of(
      BuyerModel buyers, SpendModel money, BuyingRecord buying, RepeatSpend repeats) {
    double orderDays = buyers.orderDaysWithin(buying, WEEKS);
    return new ExpectedYear(
        orderDays, orderDays * money.expectedMinor(repeats.orders(), repeats.total()));
  }
}
