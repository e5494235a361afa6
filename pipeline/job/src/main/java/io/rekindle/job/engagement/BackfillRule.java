package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.job.state.Loading;
import java.time.Duration;

/**
 * How long a user to whom orders from before are added waits for an evaluation.
 *
 * <p>An import or another program may add the orders of a user one by one. Between two of them the
 * user has half a history. Such a state may be at risk although the whole history is not, and an
 * episode that it opened would lead to a decision, an arm and an email. So the user is evaluated
 * once, when no such order has come for the quiet time. The rule knows event time alone, so each
 * run evaluates at the same instants.
 */
final class BackfillRule {

  /** The age of an order at its commit from which on it is no news. */
  static final long MIN_AGE_MS = Duration.ofDays(1).toMillis();

  /** The longest wait: a user whose old orders never end is evaluated once a day. */
  static final long MAX_LOADING_MS = Duration.ofDays(1).toMillis();

  private final long quietMs;

  /**
   * @param quietTime the event time without such an order after which the user is evaluated; with
   *     zero, at once
   */
  BackfillRule(Duration quietTime) {
    this.quietMs = quietTime.toMillis();
  }

  /**
   * Whether a change adds an order from before. A snapshot row is no event. An update is one, and
   * so is the move of an order.
   */
  static boolean isBackfill(Change change) {
    return change instanceof OrderChanged order
        && order.kind() == OrderChanged.Kind.PLACED
        && !order.snapshot()
        && order.placedAt() < order.commitTime() - MIN_AGE_MS;
  }

  /**
   * The loading after such an order.
   *
   * @param before the loading that is under way; null without one
   * @param at the instant as of which the order counts
   */
  Loading after(Loading before, long at) {
    long since = before == null ? at : before.since();
    return new Loading(since, Math.min(at + quietMs, since + MAX_LOADING_MS));
  }
}
