package io.rekindle.connectors.events;

/** A committed change of one row, as one user's state sees it. */
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

  /** The change's place among the changes of its row. */
  RowVersion version();

  /** Whether this is a row read by a snapshot: the row as it is, not something that happened. */
  boolean snapshot();
}
