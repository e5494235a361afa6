package io.rekindle.scoring.policy;

/** The group of a user, by the policy's rules. */
public enum Segment {
  /** Every user without an effective order, and no other. */
  PROSPECT,
  LOST,
  CANT_LOSE,
  AT_RISK,
  CHAMPION,
  LOYAL,
  PROMISING,
  NEW,
  NEEDS_ATTENTION,
  HIBERNATING;

  /**
   * Whether a client at risk in this segment can still be won back. The lost and the hibernating
   * have been away for so long that an email seldom brings them back.
   */
  public boolean isWinnable() {
    return this != LOST && this != HIBERNATING;
  }
}
