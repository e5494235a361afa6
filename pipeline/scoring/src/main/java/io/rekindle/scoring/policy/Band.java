package io.rekindle.scoring.policy;

/** How engaged a user is, in one word; from which score on is part of the policy. */
public enum Band {
  HEALTHY,
  COOLING,
  LOW,
  LAPSED,
  /** Has no effective order, and so no score. */
  PROSPECT
}
