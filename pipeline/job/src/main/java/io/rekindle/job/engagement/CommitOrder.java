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

  /** The same order at every run. Versions decide which change of a row counts. */
  static final Comparator<Change> COMPARATOR =
      Comparator.comparingLong(Change::commitTime)
          .thenComparingInt(CommitOrder::table)
          .thenComparingLong(change -> change.version().commitLsn())
          .thenComparingLong(change -> change.version().lsn())
          .thenComparing(CommitOrder::row);

  private CommitOrder() {}

  /** The changes of orders come last at an instant, since they name the cause. */
  private static int table(Change change) {
    if (change instanceof OrderChanged || change instanceof OrderRemoved) {
      return 3;
    } else if (change instanceof OverrideChanged || change instanceof OverrideRemoved) {
      return 2;
    }
    return change instanceof UserChanged || change instanceof UserRemoved ? 1 : 0;
  }

  /** The key of the row among the user's rows in its table; empty if there is only one. */
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
