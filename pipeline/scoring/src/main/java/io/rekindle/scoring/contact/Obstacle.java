package io.rekindle.scoring.contact;

/** A reason not to write to a person. The SQL functions of the rule use the names. */
public enum Obstacle {
  USER_REMOVED,
  NO_CONSENT,
  SUPPRESSED,
  NO_ADDRESS,
  STALE,
  RECENTLY_CONTACTED,
  EXPIRED
}
