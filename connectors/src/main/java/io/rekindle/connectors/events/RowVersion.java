package io.rekindle.connectors.events;

/**
 * The place of a row's change in the order of commits; of two changes of one row the greater is the
 * newer.
 *
 * <p>A log sequence number alone does not order the changes of a row: a transaction that was open
 * while a snapshot was taken writes below the snapshot's own position and commits above it. The
 * position of the last commit before the change's own transaction does, and within one transaction
 * the change's own position.
 *
 * @param commitLsn log position of the last commit that precedes the change's transaction, Debezium's
 *     {@code source.sequence[0]}; for a snapshot row the snapshot's position
 * @param lsn log position of the change itself; 0 for a snapshot row, so that every change streamed
 *     after the snapshot is newer
 */
public record RowVersion(long commitLsn, long lsn) implements Comparable<RowVersion> {

  @Override
  public int compareTo(RowVersion other) {
    return compare(commitLsn, lsn, other.commitLsn, other.lsn);
  }

  /** Compares two versions given as their parts, without making an object of either. */
  public static int compare(long commitLsn, long lsn, long otherCommitLsn, long otherLsn) {
    int byCommit = Long.compareUnsigned(commitLsn, otherCommitLsn);
    return byCommit != 0 ? byCommit : Long.compareUnsigned(lsn, otherLsn);
  }
}
