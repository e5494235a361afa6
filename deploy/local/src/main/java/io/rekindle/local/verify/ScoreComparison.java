package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.util.StringJoiner;

/** Compares a stored score with the expected one. */
final class ScoreComparison {

  private final StringJoiner differences = new StringJoiner("; ");

  private ScoreComparison() {}

  /**
   * Returns the differences as text, with field, stored value and expected value of each; empty
   * without differences.
   */
  static String differences(SnapshotUser.Expected user, StoredScore stored) {
    Score expected = user.score();
    ScoreComparison comparison = new ScoreComparison();
    comparison.number("score", stored.score(), expected.scoreDecimal());
    for (Factor factor : Factor.values()) {
      comparison.number(
          factor.column(), stored.points().get(factor), expected.pointsDecimal(factor));
    }
    comparison.number("order_probability", stored.orderProbability(), expected.orderProbability());
    comparison.number("value_at_stake", stored.valueAtStake(), expected.valueAtStakeDecimal());
    comparison.text("band", stored.band(), expected.band().name());
    comparison.text("segment", stored.segment(), expected.segment().name());
    comparison.text(
        "at_risk", Boolean.toString(stored.atRisk()), Boolean.toString(expected.atRisk()));
    comparison.instant("at_risk_since", stored.atRiskSince(), expected.atRiskSince());
    comparison.instant("next_change_at", stored.nextChangeAt(), expected.nextChange());
    comparison.text(
        "overridden", Boolean.toString(stored.overridden()), Boolean.toString(user.overridden()));
    comparison.number("computed_score", stored.computedScore(), user.computed().scoreDecimal());
    comparison.count("order_count", stored.orderCount(), expected.orderCount());
    comparison.number(
        "average_order_value", stored.averageOrderValue(), expected.averageOrderValue());
    comparison.instant("last_order_at", stored.lastOrderAt(), expected.lastOrderAt());
    comparison.count("usual_gap_ms", stored.usualGapMs(), expected.usualGap());
    comparison.instant("last_contact_at", stored.lastContactAt(), user.lastContactAt());
    return comparison.differences.toString();
  }

  private void number(String field, BigDecimal stored, BigDecimal expected) {
    // compareTo, since 66 and 66.0 are the same score.
    boolean same;
    if (stored == null || expected == null) {
      same = stored == null && expected == null;
    } else {
      same = stored.compareTo(expected) == 0;
    }
    if (!same) {
      add(field, show(stored), show(expected));
    }
  }

  private void text(String field, String stored, String expected) {
    if (!expected.equals(stored)) {
      add(field, stored, expected);
    }
  }

  private void count(String field, long stored, long expected) {
    if (stored != expected) {
      add(field, Long.toString(stored), Long.toString(expected));
    }
  }

  private void instant(String field, long stored, long expected) {
    if (stored != expected) {
      add(field, Millis.show(stored), Millis.show(expected));
    }
  }

  private void add(String field, String stored, String expected) {
    differences.add("%s is %s, not %s".formatted(field, stored, expected));
  }

  private static String show(BigDecimal number) {
    return number == null ? "none" : number.toPlainString();
  }
}
