package io.rekindle.connectors.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowVersionTest {

  private static final RowVersion SNAPSHOT_ROW = new RowVersion(2_000, 0);

  @Test
  void theLaterTransactionIsNewerThoughItsChangeLiesLowerInTheLog() {
    RowVersion committedFirst = new RowVersion(1_000, 1_500);
    RowVersion writtenFirst = new RowVersion(1_600, 1_400);

    assertThat(writtenFirst).isGreaterThan(committedFirst);
  }

  @Test
  void withinOneTransactionTheLaterChangeIsNewer() {
    assertThat(new RowVersion(1_000, 1_600)).isGreaterThan(new RowVersion(1_000, 1_500));
  }

  @Test
  void aTransactionThatWasOpenDuringTheSnapshotIsNewerThanTheSnapshotRow() {
    assertThat(new RowVersion(2_000, 1_900)).isGreaterThan(SNAPSHOT_ROW);
  }

  @Test
  void theFirstTransactionAfterTheSnapshotIsNewerWhereverItsChangeLies() {
    assertThat(new RowVersion(RowVersion.UNKNOWN, 1_900)).isGreaterThan(SNAPSHOT_ROW);
    assertThat(new RowVersion(RowVersion.UNKNOWN, 2_100)).isGreaterThan(SNAPSHOT_ROW);
    assertThat(SNAPSHOT_ROW).isLessThan(new RowVersion(RowVersion.UNKNOWN, 1_900));
  }

  @Test
  void whatFollowsTheFirstTransactionIsNewerThanIt() {
    RowVersion first = new RowVersion(RowVersion.UNKNOWN, 2_100);

    assertThat(new RowVersion(2_200, 2_150)).isGreaterThan(first);
    assertThat(new RowVersion(RowVersion.UNKNOWN, 2_101)).isGreaterThan(first);
  }

  @Test
  void aLaterSnapshotIsNewerThanAllThatWasStreamedBefore() {
    RowVersion later = new RowVersion(2_000 + 2 * RowVersion.OPEN_TRANSACTION_SPAN, 0);

    assertThat(later).isGreaterThan(new RowVersion(2_500, 2_600));
    assertThat(later).isGreaterThan(new RowVersion(RowVersion.UNKNOWN, 2_100));
    assertThat(later).isGreaterThan(SNAPSHOT_ROW);
  }

  @Test
  void aRowThatWasNeverSeenIsOlderThanAnyVersion() {
    RowVersion neverSeen = new RowVersion(0, 0);

    assertThat(SNAPSHOT_ROW).isGreaterThan(neverSeen);
    assertThat(new RowVersion(RowVersion.UNKNOWN, 1_900)).isGreaterThan(neverSeen);
    assertThat(neverSeen).isLessThan(new RowVersion(1_000, 1_500)).isEqualByComparingTo(neverSeen);
  }

  @Test
  void aVersionEqualsItself() {
    assertThat(new RowVersion(7, 8)).isEqualByComparingTo(new RowVersion(7, 8));
    assertThat(new RowVersion(RowVersion.UNKNOWN, 8))
        .isEqualByComparingTo(new RowVersion(RowVersion.UNKNOWN, 8));
  }
}
