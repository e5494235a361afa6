package io.rekindle.scoring;

import io.rekindle.scoring.policy.TierTable;

/**
 * A user's level in one {@link TierTable} as time passes: each level has an instant at which it
 * drops. Mutable and reused for every user, so that scoring allocates nothing.
 */
final class TierCursor {

  static final long NO_DROP = Long.MAX_VALUE;

  private final double[] points;
  private final long[] dropAt;
  private int top;
  private int level;

  TierCursor(TierTable table) {
    points = table.points();
    dropAt = new long[table.levels()];
  }

  /** Forgets the levels of the user before; only level 0 is left. */
  void clear() {
    top = 0;
    level = 0;
  }

  /** Adds the next higher level; it must not drop later than the one below it. */
  void addLevel(long dropInstant) {
    dropAt[++top] = dropInstant;
  }

  /** Goes to any instant. */
  void seek(long instant) {
    level = top;
    advance(instant);
  }

  /** Goes to an instant that is not before the present one. */
  void advance(long instant) {
    while (level > 0 && dropAt[level] <= instant) {
      level--;
    }
  }

  /** When the present level drops, or {@link #NO_DROP}. */
  long nextDrop() {
    return level > 0 ? dropAt[level] : NO_DROP;
  }

  int level() {
    return level;
  }

  double points() {
    return points[level];
  }
}
