package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.orders.UsualGap;

/**
 * Points for the time since the last order, measured in the user's own usual gaps. Section {@code
 * rhythm}: tiers of elapsed time in usual gaps ({@code fromGaps}).
 *
 * <p>With d<sub>1</sub> to d<sub>m</sub> the most recent order days, at most {@code orderDays} of
 * them, the usual gap is (d<sub>m</sub> &minus; d<sub>1</sub> + {@code priorWeight} &middot; {@code
 * priorGapDays}) div (m &minus; 1 + {@code priorWeight}), in whole milliseconds. It is not less
 * than {@code minGapDays} nor more than {@code maxGapDays}.
 *
 * @param tiers thresholds in thousandths of the usual gap
 */
public record Rhythm(TierTable tiers, UsualGap gap) implements FactorRule {

  private static final int MAX_GAPS = 1_000;
  private static final int MAX_GAP_DAYS = 3_650;

  static Rhythm read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly(
        "orderDays", "priorGapDays", "priorWeight", "minGapDays", "maxGapDays", "tiers");
    return new Rhythm(TierReader.falling(section, "fromGaps", MAX_GAPS, 1), readGap(section));
  }

  private static UsualGap readGap(JsonSection section) throws InvalidPolicyException {
    long minimum = gapDays(section, "minGapDays");
    long maximum = gapDays(section, "maxGapDays");
    if (maximum < minimum) {
      throw section.invalid("maxGapDays", "is less than minGapDays: raise it or lower minGapDays");
    }
    return new UsualGap(
        section.whole("orderDays", 2, Limits.MAX_COUNT),
        gapDays(section, "priorGapDays"),
        section.whole("priorWeight", 1, Limits.MAX_COUNT),
        minimum,
        maximum);
  }

  private static long gapDays(JsonSection section, String field) throws InvalidPolicyException {
    return section.days(field, Limits.MIN_ABOVE_ZERO, MAX_GAP_DAYS);
  }

  @Override
  public void load(UserFacts facts, TierCursor cursor) {
    cursor.clear();
    for (int level = 1; level < tiers.levels(); level++) {
      // The first whole millisecond at which 1000 · elapsed reaches threshold · gap.
      long elapsed = (tiers.threshold(level) * facts.usualGap() + 999) / 1000;
      cursor.addLevel(facts.lastOrderAt() + elapsed);
    }
  }
}
