package io.rekindle.dashboard.ui;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * How factors add up to a score, drawn on an axis from 0 to 100.
 *
 * @param score the last total
 * @param atRiskBelow null if it is not known
 */
public record Waterfall(BigDecimal score, Integer atRiskBelow, List<Step> steps) {

  /**
   * A part of the score, or a total.
   *
   * @param factor key of its name
   * @param x where its bar begins, 0 to 100
   * @param why reason for the points; null if there is none
   */
  public record Step(
      String factor, BigDecimal points, BigDecimal x, BigDecimal width, boolean total, String why) {

    public String tone() {
      return total ? "part total" : points.signum() < 0 ? "part minus" : "part";
    }
  }

  /** Adds up the parts of a score, one after the other. */
  public static final class Builder {

    private final List<Step> steps = new ArrayList<>();
    private BigDecimal sum = BigDecimal.ZERO;

    /** A part without points is left out if it is null. */
    public Builder part(String factor, BigDecimal points, String why) {
      if (points != null) {
        BigDecimal next = sum.add(points);
        steps.add(step(factor, points, sum.min(next), sum.max(next), false, why));
        sum = next;
      }
      return this;
    }

    /** The total, after what a policy's base and limits add or take away. */
    public Waterfall score(BigDecimal computed, BigDecimal override, Integer atRiskBelow) {
      BigDecimal rest = computed.subtract(sum);
      if (rest.signum() != 0) {
        part("LIMITS", rest, null);
      }
      steps.add(step("SCORE", computed, BigDecimal.ZERO, computed, true, null));
      if (override != null) {
        steps.add(step("OVERRIDE", override, BigDecimal.ZERO, override, true, null));
      }
      return new Waterfall(override == null ? computed : override, atRiskBelow, steps);
    }

    private static Step step(
        String factor,
        BigDecimal points,
        BigDecimal from,
        BigDecimal to,
        boolean total,
        String why) {
      BigDecimal low = onAxis(from);
      return new Step(factor, points, low, onAxis(to).subtract(low), total, why);
    }

    private static BigDecimal onAxis(BigDecimal value) {
      return value
          .max(BigDecimal.ZERO)
          .min(BigDecimal.valueOf(100))
          .setScale(2, RoundingMode.HALF_EVEN);
    }
  }
}
