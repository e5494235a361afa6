package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;

/** The cause of a score change, as stored in {@code score_history.cause}. */
public enum Cause {
  /** A snapshot, which has the present rows. */
  SNAPSHOT,
  /** Orders from before were added, by an import for example. */
  BACKFILL,
  ORDER_PLACED,
  ORDER_REFUNDED,
  ORDER_CANCELLED,
  ORDER_AMENDED,
  ORDER_REMOVED,
  /** An order came from another user. */
  ORDER_MOVED_IN,
  /** An order went to another user. */
  ORDER_MOVED_OUT,
  /** Time without an event. */
  TIME,
  /** Another policy came into force. */
  POLICY,
  OVERRIDE,
  /** An override was removed or expired. */
  OVERRIDE_ENDED,
  USER_CREATED,
  /** The user left the shop. Only other consumers see it, since the history needs a score. */
  USER_REMOVED,
  /** The user was contacted. */
  CONTACT;

  /**
   * Returns the cause by a change; null if the change does not explain another score.
   *
   * @param newUser whether the user is new in the shop
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
