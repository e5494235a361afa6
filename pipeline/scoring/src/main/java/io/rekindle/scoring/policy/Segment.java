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
   * Whether a client of this segment who is at risk can still be won back. A lost client has not
   * ordered for a year or has hardly any score left, and a hibernating one ordered once or twice
   * and has been silent for long: neither has a habit to return to. The SQL function {@code
   * engagement.winnable} agrees.
   */
  public boolean isWinnable() {
    return this != PROSPECT && this != LOST && this != HIBERNATING;
  }
}
