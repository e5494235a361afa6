package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.orders.UserFacts;

/**
 * Points for the time since the last order. Section {@code recency}: tiers of elapsed time in days
 * ({@code fromDays}). A rule of the kind "more than 30 whole days" begins at 31.
 *
 * @param tiers thresholds in milliseconds since the last order
 */
public record Recency(TierTable tiers) implements FactorRule {

  static Recency read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("tiers");
    return new Recency(
        TierReader.falling(section, "fromDays", Limits.MAX_DAYS, UserFacts.DAY / 1000));
  }

  @Override
  public void load(UserFacts facts, TierCursor cursor) {
    cursor.clear();
    for (int level = 1; level < tiers.levels(); level++) {
      cursor.addLevel(facts.lastOrderAt() + tiers.threshold(level));
    }
  }
}
