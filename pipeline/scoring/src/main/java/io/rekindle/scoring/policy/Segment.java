package io.rekindle.scoring.policy;

/** The group that a user belongs to; the rules that decide are part of the policy. */
public enum Segment {
  /** Has no effective order. No rule can assign it, and every such user has it. */
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
