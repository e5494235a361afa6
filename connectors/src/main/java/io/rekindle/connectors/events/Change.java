package io.rekindle.connectors.events;

/** A committed change of one row, addressed to the state of one user. */
public sealed interface Change
    permits UserChanged,
        UserRemoved,
        OrderChanged,
        OrderRemoved,
        Contacted,
        OverrideChanged,
        OverrideRemoved,
        SuppressionChanged,
        SuppressionRemoved {

  /** The user whose state the change belongs to; never null or empty. */
  String userId();

  /** Commit time of the change's transaction by the database's clock, epoch milliseconds. */
  long commitTime();

  /** The place of the change among the changes of its row. */
  RowVersion version();

  /** Whether a snapshot read the row, so that it is no event. */
  boolean snapshot();
}
