package io.rekindle.job.state;

import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;

/**
 * An order in {@link OrderRows}: one that is older than those in the {@link UserState}, or the
 * tombstone of a removed order.
 *
 * @param placedAt epoch milliseconds; 0 for a tombstone
 * @param netMinor hundredths of the currency's unit; 0 for a tombstone
 * @param currency packed code; 0 for a tombstone
 * @param commitLsn with {@code lsn} the version of the row, or of its removal
 * @param removedAt the removal in epoch milliseconds of event time; {@link Score#NEVER} for an
 *     order
 */
public record StoredOrder(
    long placedAt, long netMinor, int currency, long commitLsn, long lsn, long removedAt) {

  static StoredOrder of(long placedAt, long netMinor, int currency, long commitLsn, long lsn) {
    return new StoredOrder(placedAt, netMinor, currency, commitLsn, lsn, Score.NEVER);
  }

  static StoredOrder of(OrderChanged order) {
    return of(
        order.placedAt(),
        order.netMinor(),
        (short) CurrencyCodes.pack(order.currency()),
        order.version().commitLsn(),
        order.version().lsn());
  }

  static StoredOrder tombstone(RowVersion version, long at) {
    return new StoredOrder(0, 0, 0, version.commitLsn(), version.lsn(), at);
  }

  boolean removed() {
    return removedAt != Score.NEVER;
  }

  /** Whether a version is newer than that of this row. */
  boolean isOlderThan(RowVersion version) {
    return RowVersion.compare(version.commitLsn(), version.lsn(), commitLsn, lsn) > 0;
  }
}
