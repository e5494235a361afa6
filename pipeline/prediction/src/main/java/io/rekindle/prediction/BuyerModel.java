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

  private static final double NEGLIGIBLE = 1e-15;

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

  /**
   * The time within which the client orders with a probability: the inverse of {@link
   * #ordersWithin}.
   *
   * @param client the client's orders as of an instant
   * @param probability above 0 and below 1
   * @return weeks from the instant; infinite if the client orders with a lower probability at all
   */
  public double weeksUntil(BuyingRecord client, double probability) {
    double active = active(client);
    if (probability >= active) {
      return Double.POSITIVE_INFINITY;
    }
    double shape = r + client.repeats();
    return (alpha + client.age())
        * StrictMath.expm1(-StrictMath.log1p(-probability / active) / shape);
  }

  /**
   * The expected number of order days within some weeks of the instant.
   *
   * <p>A client who orders at rate l and leaves with chance p after each order day has (1 &minus;
   * e^(&minus;l p weeks)) / p of them. For a client who is active, l has a gamma distribution with
   * shape r + x and rate alpha + T, and p a beta distribution with a and b + x + 1. The mean over l
   * is exact. That over p is by the trapezoidal rule over the log-odds of p, which converges
   * exponentially for such a bell-shaped function. In the notation of hypergeometric functions it
   * is equation 10 of Batislam, Denizel, Filiztekin.
   *
   * @param client the client's orders as of the instant
   * @param weeks above zero
   */
  public double orderDaysWithin(BuyingRecord client, double weeks) {
    double shape = r + client.repeats();
    double perWeek = weeks / (alpha + client.age());
    double stays = b + client.repeats() + 1;
    double mode = StrictMath.log(a / stays);
    double step = Math.min(1, StrictMath.sqrt((a + stays) / (a * stays))) / 2;
    double top = logDensity(mode, stays);
    double weights = 0;
    double total = 0;
    for (int direction = -1; direction <= 1; direction += 2) {
      // The mode itself counts once.
      for (int i = direction < 0 ? 1 : 0; ; i++) {
        double logOdds = mode + direction * i * step;
        double weight = StrictMath.exp(logDensity(logOdds, stays) - top);
        if (weight < NEGLIGIBLE) {
          break;
        }
        weights += weight;
        total += weight * orderDays(shape, perWeek, 1 / (1 + StrictMath.exp(-logOdds)));
      }
    }
    return active(client) * total / weights;
  }

  /** The order days of an active client who leaves with a known chance. */
  private static double orderDays(double shape, double perWeek, double leaves) {
    return leaves < NEGLIGIBLE
        ? shape * perWeek
        : -StrictMath.expm1(-shape * StrictMath.log1p(leaves * perWeek)) / leaves;
  }

  /** The logarithm of the density of the chance of leaving by its log-odds, up to a constant. */
  private double logDensity(double logOdds, double stays) {
    // ln(1 + e^z) without an overflow.
    double log1pExp = Math.max(0, logOdds) + StrictMath.log1p(StrictMath.exp(-Math.abs(logOdds)));
    return a * logOdds - (a + stays) * log1pExp;
  }
}
