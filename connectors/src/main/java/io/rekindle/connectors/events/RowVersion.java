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
 * <p>Debezium does not know that last commit for one transaction only: the first one that it
 * streams after a snapshot. Its changes may lie below the snapshot's position too, so they count as
 * newer than a snapshot row that lies ahead of them by no more than {@link #OPEN_TRANSACTION_SPAN}.
 *
 * @param commitLsn log position of the last commit that precedes the change's transaction,
 *     Debezium's {@code source.sequence[0]}, {@link #UNKNOWN} where it has none; for a snapshot row
 *     the snapshot's position
 * @param lsn log position of the change itself; 0 for a snapshot row, so that every change streamed
 *     after the snapshot is newer
 */
public record RowVersion(long commitLsn, long lsn) implements Comparable<RowVersion> {

  /** Stands for a commit position that Debezium did not know. */
  public static final long UNKNOWN = 0;

  /** How much log a transaction that is open during a snapshot may have behind it: 64 MiB. */
  public static final long OPEN_TRANSACTION_SPAN = 64L << 20;

  @Override
  public int compareTo(RowVersion other) {
    return compare(commitLsn, lsn, other.commitLsn, other.lsn);
  }

  /**
   * Compares two versions given as their parts, without making an object of either. Both parts 0
   * stand for a row that was never seen, which is older than any version.
   */
  public static int compare(long commitLsn, long lsn, long otherCommitLsn, long otherLsn) {
    if ((commitLsn | lsn) == 0 || (otherCommitLsn | otherLsn) == 0) {
      return Long.compareUnsigned(commitLsn | lsn, otherCommitLsn | otherLsn);
    }
    if (commitLsn == UNKNOWN && otherCommitLsn != UNKNOWN) {
      return compareUnknown(lsn, otherCommitLsn, otherLsn);
    }
    if (otherCommitLsn == UNKNOWN && commitLsn != UNKNOWN) {
      return -compareUnknown(otherLsn, commitLsn, lsn);
    }
    int byCommit = Long.compareUnsigned(commitLsn, otherCommitLsn);
    return byCommit != 0 ? byCommit : Long.compareUnsigned(lsn, otherLsn);
  }

  private static int compareUnknown(long lsn, long otherCommitLsn, long otherLsn) {
    long reach = otherLsn == 0 ? lsn + OPEN_TRANSACTION_SPAN : lsn;
    return Long.compareUnsigned(reach, otherCommitLsn) < 0 ? -1 : 1;
  }
}
