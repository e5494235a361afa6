package io.rekindle.job.engagement;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.job.engagement.EngagementHarness.Limits;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.state.Episode;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.EpisodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random pasts of a shop with thousands of users in all, through the operator. Each score update is
 * what the shop's tables held at that instant, as far as capture saw them: some changes are lost,
 * and a snapshot has the rows. Neither the interleaving of partitions, nor repetition, nor a
 * restore makes a difference. {@code -Drekindle.seed=N} begins with the history of a failure, and
 * {@code -Drekindle.histories=N} runs more of them.
 */
class RandomHistoriesTest {

  /** Each of a shop with 40 users. */
  private static final int HISTORIES = Integer.getInteger("rekindle.histories", 40);

  /** The seed of the first history. The next ones count on from it. */
  private static final long FIRST_SEED = Long.getLong("rekindle.seed", new Random().nextLong());

  /** Each restore of a history starts databases, which takes most of its time. */
  private static final int HISTORIES_IN_ROCKSDB = 3;

  private static final int TRANSACTIONS = 400;

  /** The largest parallelism after a restore. */
  private static final int MAX_SUBTASKS = 3;

  private static final int MARGIN = 5;

  @Test
  void everyScoreUpdateIsWhatTheTablesHeldAtThatInstant() throws Exception {
    for (int i = 0; i < HISTORIES; i++) {
      long seed = FIRST_SEED + i;
      RandomHistory history = new RandomHistory(seed, TRANSACTIONS);
      Run run = run(history, new Random(seed), false);
      List<ScoreUpdate> updates = run.updates();
      for (ScoreUpdate update : updates) {
        assertThat(update.score())
            .as("seed %d, %s as of %d", seed, update.userId(), update.asOf())
            .isEqualTo(history.score(update.userId(), update.asOf()));
      }
      assertEndsAsTheTables(history, updates, seed);
      assertUsersWaitWhileTheirOldOrdersCome(history, updates, seed);
      assertEpisodesFollowFromTheScores(run, seed);
    }
  }

  /**
   * While old orders of a user come, there is no update but a removal. There is one at the end, and
   * nowhere else is one by a backfill.
   */
  private static void assertUsersWaitWhileTheirOldOrdersCome(
      RandomHistory history, List<ScoreUpdate> updates, long seed) {
    Map<String, Map<Long, ScoreUpdate>> byUser = new HashMap<>();
    for (ScoreUpdate update : updates) {
      byUser.computeIfAbsent(update.userId(), user -> new HashMap<>()).put(update.asOf(), update);
    }
    byUser.forEach(
        (user, ofUser) -> {
          Set<Long> ends = new TreeSet<>();
          for (RandomHistory.Load load :
              history.loads(user, EngagementHarness.QUIET_TIME.toMillis())) {
            ends.add(load.until());
            assertThat(ofUser.values())
                .as("seed %d, %s within %s", seed, user, load)
                .noneMatch(
                    update ->
                        !update.removed()
                            && update.asOf() >= load.since()
                            && update.asOf() < load.until());
            if (history.score(user, load.until()) != null) {
              assertThat(ofUser)
                  .as("seed %d, %s after %s", seed, user, load)
                  .containsKey(load.until());
            }
          }
          for (ScoreUpdate update : ofUser.values()) {
            assertThat(update.cause() == Cause.BACKFILL)
                .as("seed %d, %s as of %d by %s", seed, user, update.asOf(), update.cause())
                .isEqualTo(!update.removed() && ends.contains(update.asOf()));
          }
        });
  }

  /** What the operator emitted: score updates and decisions. */
  private record Run(List<ScoreUpdate> updates, List<Decision> decisions) {

    /** In an order that does not depend on the interleaving of users. */
    List<Object> inOrder() {
      List<Object> all = new ArrayList<>();
      updates.stream()
          .sorted(Comparator.comparing(ScoreUpdate::userId).thenComparing(ScoreUpdate::revision))
          .sorted(Comparator.comparingLong(ScoreUpdate::asOf))
          .forEach(all::add);
      decisions.stream()
          .sorted(Comparator.comparing(Decision::episodeId))
          .sorted(Comparator.comparingLong(Decision::decidedAt))
          .forEach(all::add);
      return all;
    }
  }

  /**
   * An episode begins with the first update at risk and ends with the first that has recovered, and
   * each episode is decided once.
   */
  private static void assertEpisodesFollowFromTheScores(Run run, long seed) {
    Map<String, Episode> open = new HashMap<>();
    Set<String> expected = new TreeSet<>();
    for (ScoreUpdate update : run.updates()) {
      String user = update.userId();
      Episode before = open.get(user);
      Score score = update.score();
      Episode reported = update.episode();
      if (before == null && score != null && score.atRisk()) {
        assertThat(reported).as("seed %d, %s opens", seed, user).isNotNull();
        assertThat(reported.openedAt()).isEqualTo(score.atRiskSince());
        assertThat(reported.closeReason()).isNull();
        open.put(user, reported);
        expected.add(EpisodeId.of(user, reported.openedAt()));
      } else if (before != null && (score == null || hasRecovered(update))) {
        assertThat(reported).as("seed %d, %s closes", seed, user).isNotNull();
        assertThat(reported.openedAt()).isEqualTo(before.openedAt());
        assertThat(reported.closedAt()).isEqualTo(update.asOf());
        open.remove(user);
      } else {
        assertThat(reported).as("seed %d, %s as of %d", seed, user, update.asOf()).isNull();
      }
    }
    // A user who was forgotten altogether, orders included, and comes back is decided again. The
    // table keeps the first decision of an episode.
    assertThat(run.decisions().stream().map(Decision::episodeId).distinct())
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static boolean hasRecovered(ScoreUpdate update) {
    Score score = update.score();
    return !score.atRisk()
        && (!score.scored()
            || score.score() >= RandomHistory.atRiskBelow(update.policyVersion()) + MARGIN);
  }

  private static void assertEndsAsTheTables(
      RandomHistory history, List<ScoreUpdate> updates, long seed) {
    Map<String, ScoreUpdate> last = new HashMap<>();
    updates.forEach(update -> last.put(update.userId(), update));
    last.values().removeIf(ScoreUpdate::removed);
    assertThat(last.keySet())
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(history.users());
    for (ScoreUpdate update : last.values()) {
      Score now = history.score(update.userId(), history.end());
      assertThat(published(update.score()))
          .as("seed %d, %s in the end", seed, update.userId())
          .isEqualTo(published(now));
    }
  }

  private static List<Object> published(Score score) {
    return List.of(
        score.scored(),
        score.score(),
        score.breakdown(),
        score.band(),
        score.segment(),
        score.atRisk(),
        score.atRiskSince(),
        score.nextChange(),
        score.orderCount(),
        score.totalSpendMinor());
  }

  @Test
  void anotherInterleavingGivesTheSameScoreUpdates() throws Exception {
    for (int i = 0; i < HISTORIES / 4; i++) {
      long seed = FIRST_SEED + i;
      RandomHistory history = new RandomHistory(seed, TRANSACTIONS);
      List<Object> once = run(history, new Random(seed), false).inOrder();
      for (int other = 1; other <= 2; other++) {
        assertSame(
            run(history, new Random(seed + other * 1_000_003L), false).inOrder(), once, seed);
      }
    }
  }

  @Test
  void aRestoreInTheMiddleGivesTheSameScoreUpdates() throws Exception {
    for (int i = 0; i < HISTORIES / 4; i++) {
      long seed = FIRST_SEED + i;
      RandomHistory history = new RandomHistory(seed, TRANSACTIONS);
      assertSame(
          run(history, new Random(seed), true).inOrder(),
          run(history, new Random(seed), false).inOrder(),
          seed);
    }
  }

  @Test
  void slicesOfAFewUsersAndASmallMemoryGiveTheSameScoreUpdates() throws Exception {
    for (int i = 0; i < HISTORIES / 4; i++) {
      long seed = FIRST_SEED + i;
      RandomHistory history = new RandomHistory(seed, TRANSACTIONS);
      Random random = new Random(seed);
      Limits limits = Limits.ofUsers(1 + random.nextInt(5), random.nextInt(20_000));
      if (i < HISTORIES_IN_ROCKSDB) {
        limits = limits.inRocksDb();
      }
      assertSame(
          run(history, random, true, limits).inOrder(),
          run(history, new Random(seed), false).inOrder(),
          seed);
    }
  }

  /** One by one, so that a failure shows the first update that differs. */
  private static void assertSame(List<Object> actual, List<Object> expected, long seed) {
    for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
      assertThat(actual.get(i)).as("seed %d, update %d", seed, i).isEqualTo(expected.get(i));
    }
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
  }

  /**
   * Delivers the partitions in some interleaving, with repetitions of what a partition had before
   * and with the watermark that its partitions prove.
   */
  private static Run run(RandomHistory history, Random random, boolean restores) throws Exception {
    return run(history, random, restores, Limits.PRODUCTION);
  }

  /** Under limits that end a slice early, also in the middle of an advance at the next event. */
  private static Run run(RandomHistory history, Random random, boolean restores, Limits limits)
      throws Exception {
    List<List<RandomHistory.Event>> partitions = new ArrayList<>();
    for (int i = 0; i < RandomHistory.PARTITIONS; i++) {
      int partition = i;
      partitions.add(
          history.events().stream().filter(event -> event.partition() == partition).toList());
    }
    int[] next = new int[partitions.size()];
    int left = history.events().size();
    long watermark = Long.MIN_VALUE;
    try (EngagementSubtasks operator = new EngagementSubtasks(1, limits)) {
      while (left > 0) {
        int p = random.nextInt(partitions.size());
        List<RandomHistory.Event> partition = partitions.get(p);
        if (next[p] == partition.size()
            || (watermark == Long.MIN_VALUE && isLaterSnapshot(partition.get(next[p]), history))) {
          continue;
        }
        deliver(partition.get(next[p]), operator);
        next[p]++;
        left--;
        if (random.nextInt(10) == 0) {
          int from = Math.max(0, next[p] - 1 - random.nextInt(5));
          for (int again = from; again < next[p]; again++) {
            RandomHistory.Event event = partition.get(again);
            // Capture repeats what it sent lately, not what it sent days ago.
            if (event.commitTime() + EngagementHarness.RETENTION.toMillis() > watermark + 1) {
              deliver(event, operator);
            }
          }
        }
        long proven = proven(partitions, next, history);
        if (proven > watermark && (watermark == Long.MIN_VALUE || random.nextInt(3) == 0)) {
          watermark = proven;
          operator.begin(watermark);
        }
        operator.slices(random);
        if (restores && random.nextInt(100) == 0) {
          operator.restore(1 + random.nextInt(MAX_SUBTASKS));
        }
      }
      operator.begin(history.end());
      operator.finish();
      return new Run(operator.updates(), operator.decisions());
    }
  }

  /** The clock's first tick comes right after the first snapshot, and long before any other. */
  private static boolean isLaterSnapshot(RandomHistory.Event event, RandomHistory history) {
    return event.snapshot() && event.commitTime() >= history.begin();
  }

  private static void deliver(RandomHistory.Event event, EngagementSubtasks operator)
      throws Exception {
    if (event.change() != null) {
      operator.process(event.change());
    } else {
      operator.process(event.rule());
    }
  }

  /** Everything before the newest commit in each partition, once the first snapshot is over. */
  private static long proven(
      List<List<RandomHistory.Event>> partitions, int[] next, RandomHistory history) {
    long least = history.end();
    for (int p = 0; p < next.length; p++) {
      List<RandomHistory.Event> partition = partitions.get(p);
      if (next[p] < partition.size()) {
        RandomHistory.Event event = partition.get(next[p]);
        if (event.snapshot() && !isLaterSnapshot(event, history)) {
          return Long.MIN_VALUE;
        }
        // The clock's ticks come between any two commits.
        least = Math.min(least, event.commitTime() - 1);
      }
    }
    return least;
  }
}
