package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import java.math.BigDecimal;
import java.util.List;

/** Reads the tiers of a factor's section in a policy. */
final class TierReader {

  private TierReader() {}

  /** Reads tiers with falling points. The last tier becomes level 0. */
  static TierTable falling(JsonSection section, String threshold, int max, long unit)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    int levels = tiers.size();
    long[] thresholds = new long[levels];
    double[] points = new double[levels];
    long previousThreshold = -1;
    int previousPoints = Limits.MAX_POINTS;
    for (int i = 0; i < levels; i++) {
      JsonSection tier = tiers.get(i).allowOnly(threshold, "points");
      long from = tierThreshold(tier, threshold, 0, max, previousThreshold);
      int tierPoints = tier.whole("points", -Limits.MAX_POINTS, Limits.MAX_POINTS);
      if (tierPoints > previousPoints) {
        throw tier.invalid(
            "points",
            "is more than in the tier before, but points must not rise as time passes: use at most "
                + previousPoints);
      }
      if (i > 0) {
        thresholds[levels - i] = from * unit;
      }
      points[levels - 1 - i] = tierPoints;
      previousThreshold = from;
      previousPoints = tierPoints;
    }
    return new TierTable(thresholds, points);
  }

  /** Reads tiers with rising points, and thresholds in thousandths from 0 on. */
  static TierTable rising(JsonSection section, String threshold, int max)
      throws InvalidPolicyException {
    return rising(section, threshold, 0, max);
  }

  /** Reads tiers of whole counts with rising points. The first of them begins at {@code first}. */
  static TierTable counts(JsonSection section, int first) throws InvalidPolicyException {
    TierTable thousandths = rising(section, "fromCount", first, Limits.MAX_COUNT);
    long[] thresholds = new long[thousandths.levels()];
    for (int i = 0; i < thresholds.length; i++) {
      if (thousandths.threshold(i) % 1000 != 0) {
        throw section
            .sections("tiers")
            .get(i)
            .invalid("fromCount", "must be a whole number: orders are counted");
      }
      thresholds[i] = thousandths.threshold(i) / 1000;
    }
    return thousandths.withThresholds(thresholds);
  }

  private static TierTable rising(JsonSection section, String threshold, int first, int max)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    long[] thresholds = new long[tiers.size()];
    double[] points = new double[tiers.size()];
    long previousThreshold = -1;
    int previousPoints = -Limits.MAX_POINTS;
    for (int i = 0; i < thresholds.length; i++) {
      JsonSection tier = tiers.get(i).allowOnly(threshold, "points");
      thresholds[i] = tierThreshold(tier, threshold, first, max, previousThreshold);
      int tierPoints = tier.whole("points", -Limits.MAX_POINTS, Limits.MAX_POINTS);
      if (tierPoints < previousPoints) {
        throw tier.invalid(
            "points",
            "is less than in the tier before, but more orders or spend must not cost points: "
                + "use at least "
                + previousPoints);
      }
      points[i] = tierPoints;
      previousThreshold = thresholds[i];
      previousPoints = tierPoints;
    }
    return new TierTable(thresholds, points);
  }

  private static long tierThreshold(
      JsonSection tier, String field, int first, int max, long previous)
      throws InvalidPolicyException {
    long threshold = tier.thousandths(field, "0", max);
    if (previous < 0 && threshold != 1000L * first) {
      throw tier.invalid(field, "must be " + first + ", since the first tier starts there");
    }
    if (threshold <= previous) {
      throw tier.invalid(
          field,
          "must be more than "
              + BigDecimal.valueOf(previous, 3).stripTrailingZeros().toPlainString()
              + " of the tier before: put the tiers in ascending order");
    }
    return threshold;
  }

  /** Whether the section has a line instead of tiers. */
  static boolean isLinear(JsonSection section) throws InvalidPolicyException {
    if (section.has("linear") == section.has("tiers")) {
      throw section.invalid("must have either tiers or linear, and not both");
    }
    return section.has("linear");
  }
}
