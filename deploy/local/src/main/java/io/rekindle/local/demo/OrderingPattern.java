package io.rekindle.local.demo;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** The ordering pattern of a client of the demo shop: frequency, regularity and chance of lapse. */
public enum OrderingPattern {
  WEEKLY(60, 7, 0.25, 0.020),
  FORTNIGHTLY(80, 14, 0.30, 0.030),
  MONTHLY(220, 30, 0.35, 0.060),
  QUARTERLY(220, 91, 0.40, 0.120),
  YEARLY(100, 365, 0.15, 0.200),
  ONE_OFF(220, 0, 0, 1),
  NEVER(100, 0, 0, 1);

  private static final int TOTAL_SHARE = 1000;

  private final int share;
  private final double meanGapDays;
  private final double spread;
  private final double lapse;

  /**
   * @param share clients per thousand with this pattern
   * @param spread standard deviation of the gap's logarithm
   * @param lapse chance of a silence after each order
   */
  OrderingPattern(int share, double meanGapDays, double spread, double lapse) {
    this.share = share;
    this.meanGapDays = meanGapDays;
    this.spread = spread;
    this.lapse = lapse;
  }

  static OrderingPattern any(Random random) {
    int rest = random.nextInt(TOTAL_SHARE);
    for (OrderingPattern pattern : values()) {
      rest -= pattern.share;
      if (rest < 0) {
        return pattern;
      }
    }
    throw new IllegalStateException("The shares do not add up to " + TOTAL_SHARE);
  }

  /** The pattern whose gap is nearest to a client's, by their ratio. */
  static OrderingPattern nearest(double gapDays) {
    return Stream.of(WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY, YEARLY)
        .min(
            Comparator.comparing(
                pattern -> Math.abs(StrictMath.log(gapDays / pattern.meanGapDays))))
        .orElseThrow();
  }

  double gapDays() {
    return meanGapDays;
  }

  double nextGapDays(Random random) {
    return nextGapDays(meanGapDays, random);
  }

  /** Draws a gap around a client's own mean, as regular as the pattern. */
  double nextGapDays(double mean, Random random) {
    return logNormal(mean, spread, random);
  }

  boolean lapses(Random random) {
    return random.nextDouble() < lapse;
  }

  /**
   * Draws a log-normal value with the given mean. StrictMath makes the draw equal on every machine.
   */
  public static double logNormal(double mean, double spread, Random random) {
    return mean * StrictMath.exp(spread * random.nextGaussian() - spread * spread / 2);
  }
}
