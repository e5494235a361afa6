package io.rekindle.dashboard.experiments;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The uplift of each arm with its interval on one axis. Positions are 0 to 100.
 *
 * @param min left end of the axis, a share
 * @param max right end of the axis
 * @param zero where no difference is
 */
public record ForestPlot(double min, double max, BigDecimal zero, List<Row> rows) {

  /**
   * An arm; positions are null as long as there is nothing to compute them from.
   *
   * @param tone colour of the verdict
   */
  public record Row(
      ExperimentResult.Arm arm, BigDecimal from, BigDecimal at, BigDecimal to, String tone) {}

  public static ForestPlot of(ExperimentResult experiment) {
    List<ExperimentResult.Arm> arms =
        experiment.arms().stream().filter(arm -> !arm.arm().equals("HOLDOUT")).toList();
    double reach = 0.05;
    for (ExperimentResult.Arm arm : arms) {
      if (arm.upliftLow() != null) {
        reach = Math.max(reach, arm.upliftLow().abs().doubleValue());
        reach = Math.max(reach, arm.upliftHigh().abs().doubleValue());
      }
    }
    // The next whole five points, so that the axis does not jump with every order.
    double end = Math.ceil(reach * 20) / 20;
    return new ForestPlot(
        -end, end, BigDecimal.valueOf(50), arms.stream().map(arm -> row(arm, end)).toList());
  }

  private static Row row(ExperimentResult.Arm arm, double end) {
    return new Row(
        arm,
        position(arm.upliftLow(), end),
        position(arm.upliftLow() == null ? null : arm.uplift(), end),
        position(arm.upliftHigh(), end),
        tone(arm.verdict()));
  }

  /** The colour of a verdict. */
  public static String tone(String verdict) {
    return switch (verdict == null ? "" : verdict) {
      case "UPLIFT" -> "good";
      case "LOSS", "SAMPLE_RATIO_MISMATCH" -> "bad";
      case "NOT_ENOUGH_DATA" -> "warn";
      default -> "";
    };
  }

  private static BigDecimal position(BigDecimal value, double end) {
    return value == null
        ? null
        : BigDecimal.valueOf((value.doubleValue() + end) / (2 * end) * 100)
            .setScale(2, RoundingMode.HALF_EVEN);
  }
}
