package io.rekindle.prediction;

/**
 * The rules of outreach that a backtest takes account of.
 *
 * @param cooldownDays from one email to the next
 * @param dailyCap the most emails a day
 * @param holdoutShare of the clients who get none, those of the control group included
 */
public record OutreachAssumptions(int cooldownDays, int dailyCap, double holdoutShare) {

  /** The settings of a new installation. */
  public static final OutreachAssumptions BY_DEFAULT = new OutreachAssumptions(30, 1_000, 0.1);
}
