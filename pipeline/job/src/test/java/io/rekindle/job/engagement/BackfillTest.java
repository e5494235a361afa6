package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.SECOND;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.job.ChangeFactory;
import io.rekindle.job.engagement.EngagementHarness.Limits;
import io.rekindle.job.outreach.Decision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What becomes of a history that is added on a running job. */
class BackfillTest {

  private static final String ANNA = "anna";
  private static final long QUIET = EngagementHarness.QUIET_TIME.toMillis();
  private static final long FIRST_SEED = Long.getLong("rekindle.seed", new Random().nextLong());
  private static final int SHOPS = 10;
  private static final int USERS = 30;
  private static final int MAX_SUBTASKS = 3;

  private final ChangeFactory shop = new ChangeFactory();

  /** An order of the history that is loaded. */
  private record Past(String userId, String orderId, long placedAt, long netMinor) {

    Change at(long commitTime, ChangeFactory shop) {
      return shop.order(userId, commitTime, orderId, placedAt, netMinor);
    }
  }

  /** What came of a load, and of the hundred days after it. */
  private record Outcome(List<ScoreUpdate> updates, List<Decision> decisions) {}

  @Test
  void theOrderOfLoadingMakesNoDifference() throws Exception {
    for (int i = 0; i < SHOPS; i++) {
      long seed = FIRST_SEED + i;
      Random random = new Random(seed);
      List<Past> orders = history(random);
      Outcome once = load(orders, new Random(seed), false);
      for (int other = 0; other < 3; other++) {
        Collections.shuffle(orders, random);
        Outcome piecemeal = load(orders, random, true);
        assertThat(piecemeal.updates()).as("seed %d", seed).isEqualTo(once.updates());
        assertThat(piecemeal.decisions()).as("seed %d", seed).isEqualTo(once.decisions());
      }
      assertThat(once.updates())
          .as("seed %d: nothing is evaluated before the end", seed)
          .allMatch(update -> update.asOf() >= START + QUIET);
      assertThat(once.updates().stream().filter(update -> update.cause() == Cause.BACKFILL))
          .as("seed %d", seed)
          .hasSize(USERS)
          .allMatch(update -> update.asOf() == START + QUIET)
          .allMatch(update -> update.episode() == null || update.episode().closeReason() == null);
    }
  }

  /** The users, each with a few orders or many within two years, some of them without effect. */
  private static List<Past> history(Random random) {
    List<Past> orders = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      int count = 1 + random.nextInt(random.nextBoolean() ? 4 : 40);
      for (int i = 0; i < count; i++) {
        orders.add(
            new Past(
                "user" + user,
                "o" + user + "-" + i,
                START - 2 * DAY - (long) (random.nextDouble() * 700 * DAY),
                random.nextInt(10) == 0 ? 0 : 100 + random.nextInt(20_000)));
      }
    }
    return orders;
  }

  /**
   * Loads a history, the last order of each user at {@link ChangeFactory#START}.
   *
   * @param piecemeal whether the others come before, in commits and with ticks and restores between
   *     them
   */
  private static Outcome load(List<Past> orders, Random random, boolean piecemeal)
      throws Exception {
    ChangeFactory shop = new ChangeFactory();
    List<Change> changes = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      String userId = "user" + user;
      List<Past> own = orders.stream().filter(order -> order.userId().equals(userId)).toList();
      long at = START;
      for (int i = own.size() - 1; i >= 0; i--) {
        at -= piecemeal && i < own.size() - 1 ? random.nextInt((int) QUIET) : 0;
        changes.add(own.get(i).at(at, shop));
      }
      changes.add(shop.user(userId, at));
    }
    changes.sort(Comparator.comparingLong(Change::commitTime));
    try (EngagementSubtasks operator = new EngagementSubtasks(1, Limits.PRODUCTION)) {
      for (Change change : changes) {
        operator.process(change);
        if (piecemeal && random.nextInt(5) == 0) {
          operator.begin(change.commitTime() - 1);
        }
        if (piecemeal && random.nextInt(100) == 0) {
          operator.restore(1 + random.nextInt(MAX_SUBTASKS));
        }
      }
      operator.begin(START + 100 * DAY);
      operator.finish();
      return new Outcome(
          operator.updates().stream()
              .sorted(
                  Comparator.comparing(ScoreUpdate::userId)
                      .thenComparingLong(ScoreUpdate::revision))
              .toList(),
          operator.decisions().stream()
              .sorted(
                  Comparator.comparing((Decision decision) -> decision.userId())
                      .thenComparingLong(Decision::decidedAt))
              .toList());
    }
  }

  @Test
  void anEpisodeThatIsOpenIsNeitherClosedNorDecidedAgainByHalfAHistory() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
      long later = START + 200 * DAY;
      harness.tick(later - 1);
      assertThat(harness.decisions()).hasSize(1);
      harness.updates();

      // Alone, an order of three days ago would end the risk.
      harness.process(shop.order(ANNA, later, "o3", later - 3 * DAY, 9_000));
      harness.tick(later + 10 * SECOND);
      harness.process(
          shop.order(ANNA, later + 20 * SECOND, "o3", later - 3 * DAY, 0, Kind.CANCELLED));
      harness.tick(later + 20 * SECOND);
      assertThat(harness.updates()).isEmpty();

      harness.tick(later + QUIET);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::cause, ScoreUpdate::causeId)
          .containsExactly(tuple(later + QUIET, Cause.BACKFILL, null));
      assertThat(harness.decisions()).isEmpty();
    }
  }

  @Test
  void anOldOrderThatEndsTheRiskClosesTheEpisodeAfterTheQuietTime() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
      long later = START + 200 * DAY;
      harness.tick(later - 1);
      harness.updates();
      harness.process(shop.order(ANNA, later, "o2", later - 3 * DAY, 90_000));
      harness.tick(later + QUIET - 1);
      assertThat(harness.updates()).isEmpty();
      harness.tick(later + QUIET);
      assertThat(harness.updates())
          .singleElement()
          .satisfies(
              update -> {
                assertThat(update.score().atRisk()).isFalse();
                assertThat(update.previous().atRisk()).isTrue();
                assertThat(update.cause()).isEqualTo(Cause.BACKFILL);
                assertThat(update.episode().closedAt()).isEqualTo(later + QUIET);
              });
    }
  }

  @Test
  void anOrderOfTheLastDayIsEvaluatedAtOnce() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START - DAY, 5_000));
      harness.tick(START);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::cause)
          .containsExactly(tuple(START, Cause.ORDER_PLACED));
    }
  }

  @Test
  void aRefundOrAMoveOfAnOldOrderIsEvaluatedAtOnce() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
      long later = START + 20 * DAY;
      harness.process(shop.order(ANNA, later, "o1", START, 100, Kind.REFUNDED));
      harness.process(shop.order(ANNA, later + 1, "o2", START, 100, Kind.MOVED_IN));
      harness.tick(START);
      harness.updates();
      harness.tick(later + 1);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::cause)
          .contains(tuple(later, Cause.ORDER_REFUNDED), tuple(later + 1, Cause.ORDER_MOVED_IN));
    }
  }

  @Test
  void aRepeatedOldOrderIsNoLoad() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      Change old = shop.order(ANNA, START, "o1", START - 9 * DAY, 5_000);
      harness.process(shop.user(ANNA, START), old);
      harness.tick(START + QUIET);
      harness.updates();
      harness.process(old);
      Change order = shop.order(ANNA, START + QUIET + 2, "o2", START + QUIET, 5_000);
      harness.process(order);
      harness.tick(START + QUIET + 2);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::cause)
          .containsExactly(tuple(START + QUIET + 2, Cause.ORDER_PLACED));
    }
  }

  @Test
  void aUserWhoLeavesMeanwhileDoesNotWait() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
      harness.tick(START);
      harness.updates();
      harness.process(shop.order(ANNA, START + 1, "o2", START - 9 * DAY, 5_000));
      harness.process(shop.noUser(ANNA, START + 2));
      harness.tick(START + 2);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::removed)
          .containsExactly(tuple(START + 2, true));
      harness.tick(START + 2 * QUIET);
      assertThat(harness.updates()).isEmpty();
    }
  }

  @Test
  void aUserWhoseOldOrdersNeverEndIsEvaluatedOnceADay() throws Exception {
    try (EngagementHarness harness = EngagementHarness.fresh()) {
      harness.process(shop.user(ANNA, START));
      int orders = (int) (3 * DAY / (QUIET / 2));
      for (int i = 0; i < orders; i++) {
        long at = START + 1 + i * (QUIET / 2);
        harness.process(shop.order(ANNA, at, "o" + i % 500, START - 9 * DAY - i, 5_000));
      }
      harness.tick(START + 1 + 2 * DAY + QUIET);
      assertThat(harness.updates())
          .extracting(ScoreUpdate::asOf, ScoreUpdate::cause)
          .containsExactly(
              tuple(START, Cause.USER_CREATED),
              tuple(START + 1 + DAY, Cause.BACKFILL),
              tuple(START + 1 + DAY + QUIET / 2 + DAY, Cause.BACKFILL));
    }
  }
}
