package io.rekindle.dashboard.fits;

import io.rekindle.prediction.PolicyBacktest;
import io.rekindle.prediction.PolicyBacktest.Bin;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Expected and happened returns as points in a square. Positions are 0 to 100, and 0 is left or at
 * the top.
 */
public record CalibrationPlot(List<Point> points) {

  /**
   * A range of probability.
   *
   * @param x the expected share
   * @param y the share that happened
   * @param low the lower end of its interval, which is further down
   * @param high the upper end
   */
  public record Point(BigDecimal x, BigDecimal y, BigDecimal low, BigDecimal high, Bin bin) {}

  static CalibrationPlot of(PolicyBacktest policy) {
    return new CalibrationPlot(policy.bins().stream().map(CalibrationPlot::point).toList());
  }

  private static Point point(Bin bin) {
    return new Point(
        position(bin.predicted()),
        position(1 - bin.happened()),
        position(1 - bin.low()),
        position(1 - bin.high()),
        bin);
  }

  private static BigDecimal position(double share) {
    return BigDecimal.valueOf(100 * share).setScale(2, RoundingMode.HALF_EVEN);
  }
}
