package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;

/** Why a score changed, as stored in {@code score_history.cause}. */
public enum Cause {
  /** The user came with a snapshot, which holds rows as they are. */
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
  CONTACT;

  /**
   * What a change causes; null if the change by itself explains no other score.
   *
   * @param newUser whether the shop did not have the user before
   */
  static Cause of(Change change, boolean newUser) {
    if (change.snapshot()) {
      return SNAPSHOT;
    } else if (change instanceof OrderChanged order) {
      return switch (order.kind()) {
        case PLACED -> ORDER_PLACED;
        case REFUNDED -> ORDER_REFUNDED;
        case CANCELLED -> ORDER_CANCELLED;
        case MOVED_IN -> ORDER_MOVED_IN;
        case AMENDED -> ORDER_AMENDED;
      };
    } else if (change instanceof OrderRemoved order) {
      return order.moved() ? ORDER_MOVED_OUT : ORDER_REMOVED;
    } else if (change instanceof Contacted) {
      return CONTACT;
    } else if (change instanceof OverrideChanged) {
      return OVERRIDE;
    } else if (change instanceof OverrideRemoved) {
      return OVERRIDE_ENDED;
    }
    return newUser ? USER_CREATED : null;
  }
}
