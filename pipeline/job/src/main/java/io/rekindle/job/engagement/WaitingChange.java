package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import java.util.Comparator;

/**
 * A change that waits for the watermark.
 *
 * @param instant the instant as of which it counts, epoch milliseconds: its commit, or the first
 *     instant that was open when a late change arrived
 */
record WaitingChange(long instant, Change change) {

  /** The order in which a user's changes are applied. */
  static final Comparator<WaitingChange> ORDER =
      Comparator.comparingLong(WaitingChange::instant)
          .thenComparing(WaitingChange::change, CommitOrder.COMPARATOR);
}
