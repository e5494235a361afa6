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
  HIBERNATING
}
