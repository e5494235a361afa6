package io.rekindle.job.state;

/** Why a score changed, as stored in {@code score_history.cause}. */
public enum Cause {
  /** The user came with a snapshot: this is how things stood. */
  SNAPSHOT,
  ORDER_PLACED,
  ORDER_REFUNDED,
  ORDER_CANCELLED,
  ORDER_AMENDED,
  ORDER_REMOVED,
  /** An order came from another user. */
  ORDER_MOVED_IN,
  /** An order went to another user. */
  ORDER_MOVED_OUT,
  /** Nothing happened, and that for long enough. */
  TIME,
  /** Another policy came into force. */
  POLICY,
  OVERRIDE,
  /** An override was removed or expired. */
  OVERRIDE_ENDED,
  USER_CREATED,
  /** The user is gone: published to other consumers, but there is no score to keep a history of. */
  USER_REMOVED,
  /** The user was contacted. */
  CONTACT
}
