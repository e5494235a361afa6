package io.rekindle.scoring.policy;

/**
 * Assigns a segment if all of its conditions hold. Ranges are half-open. A range that a policy
 * leaves out is as wide as its type.
 *
 * @param atRisk the required value; null if any will do
 */
record SegmentRule(
    Segment segment,
    Boolean atRisk,
    Range score,
    Range orderDaysInWindow,
    Range orderDaysEver,
    Range elapsedMillis) {

  /** From {@code atLeast} to just under {@code below}. */
  record Range(long atLeast, long below) {
    static final Range ANY = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

    boolean contains(long value) {
      return value >= atLeast && value < below;
    }

    boolean contains(double value) {
      return value >= atLeast && value < below;
    }
  }

  boolean matches(
      double score, boolean atRisk, long orderDaysInWindow, long orderDaysEver, long elapsed) {
    return (this.atRisk == null || this.atRisk == atRisk)
        && this.score.contains(score)
        && this.orderDaysInWindow.contains(orderDaysInWindow)
        && this.orderDaysEver.contains(orderDaysEver)
        && elapsedMillis.contains(elapsed);
  }

  boolean matchesAlways() {
    return atRisk == null
        && score.equals(Range.ANY)
        && orderDaysInWindow.equals(Range.ANY)
        && orderDaysEver.equals(Range.ANY)
        && elapsedMillis.equals(Range.ANY);
  }
}
