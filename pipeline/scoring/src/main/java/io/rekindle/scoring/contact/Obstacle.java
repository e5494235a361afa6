package io.rekindle.scoring.contact;

/** A reason in the person not to write. The SQL function {@code contact_obstacle} has the names. */
public enum Obstacle {
  USER_REMOVED,
  NO_CONSENT,
  SUPPRESSED,
  NO_ADDRESS
}
