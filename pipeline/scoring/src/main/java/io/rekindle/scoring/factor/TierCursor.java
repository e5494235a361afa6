package io.rekindle.scoring.factor;

import java.util.Arrays;

/**
 * A user's level in one {@link TierTable} as time passes: each level has an instant at which it
 * drops. Mutable and reused for every user, so that scoring allocates nothing.
 */
public final class TierCursor {

  /** Stands for no instant. */
  public static final long NO_DROP = Long.MAX_VALUE;

  private final double[] points;
  private final long[] dropAt;
  private int top;
  private int level;
  private long nextDrop = NO_DROP;
  private double present;

  TierCursor(TierTable table) {
    points = table.points();
    dropAt = new long[points.length];
    // Level 0 never drops.
    Arrays.fill(dropAt, NO_DROP);
    present = points[0];
  }

  /** Sets the points of a cursor that does not move. */
  void setConstant(double constantPoints) {
    present = constantPoints;
  }

  /** Removes all levels above 0. Call {@link #seek} after the new levels. */
  void clear() {
    top = 0;
  }

  /** Adds the next higher level. It must not drop later than the level below it. */
  void addLevel(long dropInstant) {
    dropAt[++top] = dropInstant;
  }

  /** Whether the level can ever drop. */
  public boolean moves() {
    return dropAt.length > 1;
  }

  /** Goes to any instant. */
  public void seek(long instant) {
    level = top;
    drop(instant);
  }

  /** Goes to an instant that is not before the present one. */
  public void advance(long instant) {
    if (nextDrop <= instant) {
      drop(instant);
    }
  }

  private void drop(long instant) {
    int to = level;
    while (dropAt[to] <= instant) {
      to--;
    }
    level = to;
    nextDrop = dropAt[to];
    present = points[to];
  }

  /** When the present level drops, or {@link #NO_DROP}. */
  public long nextDrop() {
    return nextDrop;
  }

  /** The present level; 0 is the lowest. */
  public int level() {
    return level;
  }

  /** The points of the present level. */
  public double points() {
    return present;
  }
}
