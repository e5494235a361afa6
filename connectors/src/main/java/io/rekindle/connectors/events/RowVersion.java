package io.rekindle.connectors.events;

/**
 * The place of a row's change in the order of commits. The newer of two changes of one row has the
 * greater version.
 *
 * <p>A log sequence number alone does not order the changes of a row. A transaction that is open
 * during a snapshot writes below the snapshot's position and commits above it. Changes are ordered
 * by the position of the last commit before their transaction. Within one transaction, the position
 * of the change itself decides.
 *
 * <p>Debezium does not know the last commit before the first transaction after a snapshot. The
 * changes of that transaction may lie below the snapshot's position, too. They count as newer than
 * a snapshot row that is ahead by at most {@link #OPEN_TRANSACTION_SPAN}.
 *
 * @param commitLsn log position of the last commit before the change's transaction ({@code
 *     source.sequence[0]}), or {@link #UNKNOWN}; for a snapshot row the snapshot's position
 * @param lsn log position of the change itself; 0 for a snapshot row, which makes every streamed
 *     change newer
 */
public record RowVersion(long commitLsn, long lsn) implements Comparable<RowVersion> {

  /** The commit position where Debezium does not know it. */
  public static final long UNKNOWN = 0;

  /** The longest log that a transaction may write while a snapshot is open: 64 MiB. */
  public static final long OPEN_TRANSACTION_SPAN = 64L << 20;

  @Override
  public int compareTo(RowVersion other) {
    return compare(commitLsn, lsn, other.commitLsn, other.lsn);
  }

  /**
   * Compares two versions by their parts, without an object. A version of two zeros stands for an
   * unseen row and is the oldest.
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
