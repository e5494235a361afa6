package io.rekindle.connectors.events;

/** A committed change of what holds for every user alike. */
public sealed interface RuleChange permits PolicyChanged, OutreachChanged {

  /** Commit time of the change's transaction by the database's clock, epoch milliseconds. */
  long commitTime();

  /** The change's place among the changes of its row. */
  RowVersion version();

  /** Whether this is a row read by a snapshot: the row as it is, not something that happened. */
  boolean snapshot();
}
