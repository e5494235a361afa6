package io.rekindle.job.source;

import static io.rekindle.job.source.BeatChain.Link.GAP;
import static io.rekindle.job.source.BeatChain.Link.NEXT;
import static io.rekindle.job.source.BeatChain.Link.OTHER_HISTORY;
import static io.rekindle.job.source.BeatChain.Link.REPEATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.Beat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BeatChainTest {

  private static final long NOON = 1_795_348_800_000L;

  /** A database that beats, with a clock that a test may set. */
  private static final class Database {

    private final List<Beat> beats = new ArrayList<>();
    private long clock = NOON;

    /** A copy of the database as it was after some beats. */
    Database restoredAt(int beat, long clock) {
      Database restored = new Database();
      restored.beats.addAll(beats.subList(0, beat));
      restored.clock = clock;
      return restored;
    }

    Beat beat(long passed) {
      clock += passed;
      Beat last = beats.isEmpty() ? null : beats.get(beats.size() - 1);
      Beat next = new Beat(false, beats.size() + 1, clock, last == null ? NOON : last.at());
      beats.add(next);
      return next;
    }
  }

  @Test
  void shouldFollowTheChain() {
    Database database = new Database();
    BeatChain chain = BeatChain.startingAt(database.beat(500));
    Beat next = database.beat(500);
    assertThat(chain.link(next)).isEqualTo(NEXT);
    assertThat(chain.after(next).link(database.beat(500))).isEqualTo(NEXT);
  }

  @Test
  void shouldSeeAGap() {
    Database database = new Database();
    BeatChain chain = BeatChain.startingAt(database.beat(500));
    database.beat(500);
    assertThat(chain.link(database.beat(500))).isEqualTo(GAP);
  }

  @Test
  void shouldSeeALostTailAlsoWhenTheNumberFits() {
    Database primary = new Database();
    primary.beat(500);
    Database standby = primary.restoredAt(1, primary.clock + 100);
    BeatChain chain = BeatChain.startingAt(primary.beat(500));
    // The beat of the standby has the number of the beat that was lost.
    assertThat(chain.link(standby.beat(500))).isEqualTo(OTHER_HISTORY);
    assertThat(chain.link(standby.beat(500))).isEqualTo(OTHER_HISTORY);
  }

  @Test
  void shouldGoOnAfterAFailoverThatLostNothing() {
    Database primary = new Database();
    primary.beat(500);
    BeatChain chain = BeatChain.startingAt(primary.beat(500));
    Database standby = primary.restoredAt(2, primary.clock - 300);
    assertThat(chain.link(standby.beat(10_000))).isEqualTo(NEXT);
  }

  @Test
  void shouldBeginAnewWithAnInsertedRow() {
    Database database = new Database();
    database.beat(500);
    BeatChain chain = BeatChain.startingAt(database.beat(500));
    Beat inserted = new Beat(true, 0, NOON + 5_000, Beat.NONE);
    assertThat(chain.link(inserted)).isEqualTo(NEXT);
    assertThat(chain.after(inserted).link(new Beat(false, 1, NOON + 5_500, NOON + 5_000)))
        .isEqualTo(NEXT);
  }

  @Test
  void shouldIgnoreRepeatsFromBeforeTheRowWasInsertedAgain() {
    Database database = new Database();
    Beat old = database.beat(500);
    Beat later = database.beat(500);
    BeatChain chain = BeatChain.startingAt(later).after(new Beat(true, 0, NOON + 5_000, Beat.NONE));
    assertThat(chain.link(old)).isEqualTo(REPEATED);
    assertThat(chain.link(later)).isEqualTo(REPEATED);
  }

  /** Repeats, restarts, gaps and restores in any order, with a clock that is set back and forth. */
  @RepeatedTest(50)
  void shouldTellRepeatsFromGapsAndFromOtherHistories() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Database database = new Database();
    BeatChain chain = BeatChain.startingAt(database.beat(500));
    int read = 1;
    for (int step = 0; step < 500; step++) {
      String where = "seed " + seed + ", step " + step;
      // Kafka Connect goes back to its last offset and repeats from there.
      if (random.nextInt(20) == 0) {
        int from = random.nextInt(read);
        for (Beat repeated : database.beats.subList(from, read)) {
          assertThat(chain.link(repeated)).as(where).isEqualTo(REPEATED);
        }
      }
      long passed = random.nextInt(15) == 0 ? 500 - random.nextInt(60_000) : 500;
      Beat next = database.beat(passed == 0 ? 1 : passed);
      if (random.nextInt(30) == 0 && next.at() > chain.newest()) {
        next = database.beat(500);
        assertThat(chain.link(next)).as(where).isEqualTo(GAP);
      } else {
        assertThat(chain.link(next)).as(where).isEqualTo(NEXT);
      }
      chain = chain.after(next);
      read = database.beats.size();
      int kept = random.nextInt(read);
      Database restored = database.restoredAt(kept, chain.newest());
      assertThat(chain.link(restored.beat(1 + random.nextInt(10_000))))
          .as(where)
          .isEqualTo(OTHER_HISTORY);
    }
  }
}
