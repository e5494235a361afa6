package io.rekindle.scoring;

/**
 * Where a user stands on one {@link Ladder} as time passes: each level has an instant at which it
 * is lost. Mutable and reused for every user, so that scoring allocates nothing.
 */
final class Track {

  static final long NOTHING_LEFT = Long.MAX_VALUE;

  private final double[] points;
  private final long[] lostAt;
  private int top;
  private int level;

  Track(Ladder ladder) {
    points = ladder.points();
    lostAt = new long[ladder.levels()];
  }

  /** Forgets the levels of the user before; only level 0 is left. */
  void clear() {
    top = 0;
    level = 0;
  }

  /** Adds the next higher level; it must not be lost later than the one below it. */
  void addLevel(long lostAtInstant) {
    lostAt[++top] = lostAtInstant;
  }

  /** Goes to any instant. */
  void seek(long instant) {
    level = top;
    advance(instant);
  }

  /** Goes to an instant that is not before the present one. */
  void advance(long instant) {
    while (level > 0 && lostAt[level] <= instant) {
      level--;
    }
  }

  /** When the present level is lost, or {@link #NOTHING_LEFT}. */
  long nextLoss() {
    return level > 0 ? lostAt[level] : NOTHING_LEFT;
  }

  int level() {
    return level;
  }

  double points() {
    return points[level];
  }
}
