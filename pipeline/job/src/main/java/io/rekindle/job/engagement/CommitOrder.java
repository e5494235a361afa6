package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import java.util.Comparator;

/** The order in which a user's changes are applied. */
final class CommitOrder {

  /** Versions decide which change counts; this only has to be the same order every time. */
  static final Comparator<Change> COMPARATOR =
      Comparator.comparingLong(Change::commitTime)
          .thenComparingInt(CommitOrder::table)
          .thenComparingLong(change -> change.version().commitLsn())
          .thenComparingLong(change -> change.version().lsn())
          .thenComparing(CommitOrder::row);

  private CommitOrder() {}

  /** Among changes of one instant an order's comes last, since it is what a cause is about. */
  private static int table(Change change) {
    if (change instanceof OrderChanged || change instanceof OrderRemoved) {
      return 3;
    } else if (change instanceof OverrideChanged || change instanceof OverrideRemoved) {
      return 2;
    }
    return change instanceof UserChanged || change instanceof UserRemoved ? 1 : 0;
  }

  /** The key of the row among those of its table for one user; empty if there is only one. */
  static String row(Change change) {
    if (change instanceof OrderChanged order) {
      return order.orderId();
    } else if (change instanceof OrderRemoved order) {
      return order.orderId();
    } else if (change instanceof Contacted contact) {
      return contact.emailId();
    }
    return "";
  }
}
