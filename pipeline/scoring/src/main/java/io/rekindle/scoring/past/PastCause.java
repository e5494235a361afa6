package io.rekindle.scoring.past;

/** The cause of a change in the past, by the names that the observed history has for it. */
public enum PastCause {
  /** The first row of a user whom the shop had before the reconstruction begins. */
  SNAPSHOT,
  USER_CREATED,
  ORDER_PLACED,
  ORDER_REFUNDED,
  ORDER_CANCELLED,
  /** Time without an event. */
  TIME
}
