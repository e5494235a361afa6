package io.rekindle.scoring.policy;

/** The range of a user's score. The policy has the bounds. */
public enum Band {
  HEALTHY,
  COOLING,
  LOW,
  LAPSED,
  /** A user without an effective order, and so without a score. */
  PROSPECT
}
