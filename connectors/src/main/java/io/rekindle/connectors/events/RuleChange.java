package io.rekindle.connectors.events;

/** A committed change of a rule for all users. */
public sealed interface RuleChange permits PolicyChanged, OutreachChanged, ModelChanged {

  /** Commit time of the change's transaction by the database's clock, epoch milliseconds. */
  long commitTime();

  /** The place of the change among the changes of its row. */
  RowVersion version();

  /** Whether a snapshot read the row, so that it is no event. */
  boolean snapshot();
}
