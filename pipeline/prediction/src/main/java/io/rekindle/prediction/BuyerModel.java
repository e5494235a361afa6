package io.rekindle.prediction;

/**
 * MBG/NBD: clients buy at random, each at a rate of their own, until they leave for good, which may
 * be after any order day. Rates have a gamma distribution (shape {@code r}, rate {@code alpha}),
 * and the chances of leaving a beta distribution ({@code a}, {@code b}). Times are weeks.
 *
 * <p>Batislam, Denizel, Filiztekin: <i>Empirical validation and comparison of models for customer
 * base analysis</i>, International Journal of Research in Marketing 24 (2007). It is BG/NBD of
 * Fader, Hardie, Lee (Marketing Science 24, 2005) in which a client may also leave after the first
 * order.
 *
 * <p>The calculations use {@link StrictMath}, so that every machine gets the same bits.
 *
 * @param r above zero
 * @param alpha weeks, above zero
 * @param a above zero
 * @param b above zero
 */
public record BuyerModel(double r, double alpha, double a, double b) {

  /**
   * The probability that the client has not left.
   *
   * @param client the client's orders as of an instant
   */
  public double active(BuyingRecord client) {
    double shape = r + client.repeats();
    double silence = StrictMath.log(alpha + client.age()) - StrictMath.log(alpha + client.lastAt());
    return 1 / (1 + a / (b + client.repeats()) * StrictMath.exp(shape * silence));
  }

  /**
   * The probability that the client orders within some weeks of the instant.
   *
   * @param client the client's orders as of the instant
   * @param weeks above zero
   */
  public double ordersWithin(BuyingRecord client, double weeks) {
    double shape = r + client.repeats();
    double age = alpha + client.age();
    return -active(client)
        * StrictMath.expm1(shape * (StrictMath.log(age) - StrictMath.log(age + weeks)));
  }
}
