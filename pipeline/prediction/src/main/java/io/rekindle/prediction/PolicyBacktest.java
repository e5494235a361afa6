package io.rekindle.prediction;

import java.util.List;

/**
 * The backtest of one policy.
 *
 * @param policy its name
 * @param sawOutcomes whether the policy was fitted after some of the instants, so that it knew what
 *     came after; its figures flatter then
 * @param bins clients by ranges of probability, ascending; ranges without a client are left out
 * @param deciles clients by tenths, those with the highest probability first
 * @param months by month of the instant, ascending
 * @param difference from {@code cadence-v1} with a fitted table; null for that itself
 */
public record PolicyBacktest(
    String policy,
    boolean sawOutcomes,
    BacktestFigures figures,
    List<Bin> bins,
    List<Decile> deciles,
    List<Month> months,
    Warning warning,
    Emails emails,
    Difference difference) {

  /** Copies the lists. */
  public PolicyBacktest {
    bins = List.copyOf(bins);
    deciles = List.copyOf(deciles);
    months = List.copyOf(months);
  }

  /**
   * Clients in a range of probability.
   *
   * @param from the lowest probability of the range, which is a tenth wide
   * @param predicted the mean probability
   * @param happened the rate of returns
   * @param low the lower end of its 95 % interval by Wilson
   * @param high the upper end
   */
  public record Bin(
      double from, long clients, double predicted, double happened, double low, double high) {}

  /**
   * A tenth of the clients.
   *
   * @param decile 1 for those with the highest probability
   * @param happened the rate of returns
   * @param lift that rate divided by the rate of all; null without a return
   */
  public record Decile(int decile, double predicted, double happened, Double lift) {}

  /**
   * The returns that were expected in a month, and those that happened.
   *
   * @param month such as {@code 2026-05}, in UTC
   */
  public record Month(String month, long clients, double expected, long happened) {}

  /**
   * The warning before a plain rule that takes a client for lost 90 days after the last order. The
   * policy warns below the score that gives at most as many false alarms as the rule.
   *
   * @param scoreBelow that score
   * @param days from the policy's warning to that of the rule, the mean over {@code gaps}; null
   *     without any
   * @param gaps that began after the first instant, and in which the rule was right
   */
  public record Warning(int scoreBelow, Double days, long gaps) {}

  /**
   * The emails that outreach would have asked for.
   *
   * @param perDay after holdout and daily cap; null with one instant
   * @param cameBackAnyway the share of the clients who ordered without any email; null without a
   *     client
   * @param clients who came to be at risk, without those in the cooldown
   */
  public record Emails(Double perDay, Double cameBackAnyway, long clients) {}

  /**
   * Differences, each less that of the other policy.
   *
   * @param brierNotWorse the share of the draws in which the Brier score is not higher
   * @param aucNotLower the share of the draws in which the AUC is not more than .005 lower
   */
  public record Difference(
      Interval auc, Interval brier, Interval logLoss, double brierNotWorse, double aucNotLower) {}

  /**
   * A number with its 95 % interval, by a bootstrap over clients.
   *
   * @param value null if the outcomes do not say it
   */
  public record Interval(Double value, Double low, Double high) {}
}
