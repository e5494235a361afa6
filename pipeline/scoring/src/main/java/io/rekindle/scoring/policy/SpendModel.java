package io.rekindle.scoring.policy;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;

/**
 * What a client's next order is worth. Gamma-Gamma: the orders of a client have a gamma
 * distribution with shape {@code p}, whose rate has a gamma distribution over clients with shape
 * {@code q} and rate {@code gamma}. So a client with few repeat orders is expected to spend like
 * the shop's clients, and one with many like before.
 *
 * <p>Fader, Hardie, Lee: <i>RFM and CLV: Using Iso-Value Curves for Customer Base Analysis</i>,
 * Journal of Marketing Research 42 (2005).
 *
 * <p>The expectation needs only the four basic operations, whose results are the same on every
 * machine.
 *
 * @param p above zero
 * @param q above one
 * @param gamma in units of the base currency, above zero
 * @param meanOrderMinor the shop's mean order in hundredths, above zero
 */
public record SpendModel(double p, double q, double gamma, long meanOrderMinor) {

  private static final double MAX = 1e12;

  static SpendModel read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("p", "q", "gamma", "meanOrderValue");
    return new SpendModel(
        above(section, "p", 0),
        above(section, "q", 1),
        above(section, "gamma", 0),
        section.money("meanOrderValue"));
  }

  /** A number of the section above a bound, and at most 1e12. */
  static double above(JsonSection section, String field, double least)
      throws InvalidPolicyException {
    section.number(field);
    double number = section.node().get(field).doubleValue();
    if (!(number > least && number <= MAX)) {
      throw section.invalid(field, "must be above " + (int) least + " and at most 1e12");
    }
    return number;
  }

  /**
   * The expected amount of a client's next order in hundredths: the shop's mean for a client
   * without repeat orders.
   *
   * @param repeatOrders orders with an amount after the first order day
   * @param repeatSpend their sum in hundredths
   */
  public double expectedMinor(int repeatOrders, long repeatSpend) {
    return repeatOrders == 0
        ? meanOrderMinor
        : p * (100 * gamma + repeatSpend) / (p * repeatOrders + q - 1);
  }
}
