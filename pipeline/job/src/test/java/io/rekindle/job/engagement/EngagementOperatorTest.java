package io.rekindle.job.engagement;

import static io.rekindle.job.engagement.Shop.DAY;
import static io.rekindle.job.engagement.Shop.SECOND;
import static io.rekindle.job.engagement.Shop.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EngagementOperatorTest {

  private static final String ANNA = "anna";
  private static final String BERT = "bert";
  private static final long A_SECOND_LATER = START + SECOND;
  private static final long TWO_SECONDS_LATER = START + 2 * SECOND;
  private static final long A_DAY_LATER = START + DAY;
  private static final long A_MONTH_LATER = START + 30 * DAY;
  private static final String DOCUMENT_V1 = ScoringPolicy.builtIn("document-v1").json();

  private final Shop shop = new Shop();
  private EngagementHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngagementHarness.fresh();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldJudgeNobodyBeforeTheCommitIsPassed() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START - 1);
    assertThat(harness.judgements()).isEmpty();

    harness.tick(START);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(
            judgement -> {
              assertThat(judgement.asOf()).isEqualTo(START);
              assertThat(judgement.cause()).isEqualTo(Cause.ORDER_PLACED);
              assertThat(judgement.causeId()).isEqualTo("o1");
              assertThat(judgement.score().segment()).isEqualTo(Segment.NEW);
              assertThat(judgement.changed()).isTrue();
              assertThat(judgement.previous()).isNull();
            });
  }

  @Test
  void shouldJudgeAsOfEachCommitOnWhatWasCommittedUntilThen() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, A_SECOND_LATER, "o1", START, 5_000),
        shop.order(ANNA, TWO_SECONDS_LATER, "o2", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);

    assertThat(harness.judgements())
        .extracting(judgement -> judgement.score().orderCount())
        .containsExactly(0, 1, 2);
  }

  @Test
  void shouldShowAUserWithoutOrdersAsProspect() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.tick(START);

    Judgement judgement = harness.judgements().get(0);
    assertThat(judgement.score().scored()).isFalse();
    assertThat(judgement.score().segment()).isEqualTo(Segment.PROSPECT);
    assertThat(judgement.cause()).isEqualTo(Cause.USER_CREATED);
  }

  @Test
  void shouldKeepOrdersThatComeBeforeTheirUser() throws Exception {
    harness.process(shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    assertThat(harness.judgements()).isEmpty();

    harness.process(shop.user(ANNA, A_SECOND_LATER));
    harness.tick(A_SECOND_LATER);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.score().orderCount()).isEqualTo(1));
  }

  @Test
  void shouldNameEachKindOfChangeAsCause() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 90_000));
    harness.tick(START);
    harness.judgements();

    assertThat(causeOf(shop.order(ANNA, START + 1, "o1", START, 3_000, Kind.REFUNDED)))
        .isEqualTo(Cause.ORDER_REFUNDED);
    assertThat(causeOf(shop.order(ANNA, START + 2, "o1", START, 0, Kind.CANCELLED)))
        .isEqualTo(Cause.ORDER_CANCELLED);
    assertThat(causeOf(shop.order(ANNA, START + 3, "o1", START, 90_000, Kind.AMENDED)))
        .isEqualTo(Cause.ORDER_AMENDED);
    assertThat(causeOf(shop.noOrder(ANNA, START + 4, "o1"))).isEqualTo(Cause.ORDER_REMOVED);
    assertThat(causeOf(shop.order(ANNA, START + 5, "o2", START, 90_000, Kind.MOVED_IN)))
        .isEqualTo(Cause.ORDER_MOVED_IN);
    assertThat(causeOf(shop.override(ANNA, START + 6, 3, A_MONTH_LATER))).isEqualTo(Cause.OVERRIDE);
    assertThat(causeOf(shop.noOverride(ANNA, START + 7))).isEqualTo(Cause.OVERRIDE_ENDED);
    assertThat(causeOf(shop.contact(ANNA, START + 8, "e1"))).isEqualTo(Cause.CONTACT);
    assertThat(causeOf(shop.noUser(ANNA, START + 9))).isEqualTo(Cause.USER_REMOVED);
  }

  private Cause causeOf(Change change) throws Exception {
    harness.process(change);
    harness.tick(change.commitTime());
    List<Judgement> judgements = harness.judgements();
    assertThat(judgements).hasSize(1);
    return judgements.get(0).cause();
  }

  @Test
  void shouldLetTheScoreFallByTimeAlone() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    long nextChange = harness.judgements().get(0).score().nextChange();

    harness.tick(nextChange - 1);
    assertThat(harness.judgements()).isEmpty();
    harness.tick(nextChange);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(
            judgement -> {
              assertThat(judgement.asOf()).isEqualTo(nextChange);
              assertThat(judgement.cause()).isEqualTo(Cause.TIME);
              assertThat(judgement.changed()).isTrue();
            });
  }

  @Test
  void shouldJudgeAsOfEveryMissedInstantWhenTimeLeaps() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START + 400 * DAY);
    List<Judgement> judgements = harness.judgements();

    assertThat(judgements).extracting(Judgement::asOf).isSorted().doesNotHaveDuplicates();
    assertThat(judgements.get(judgements.size() - 1).score().band()).isEqualTo(Band.LAPSED);
    for (int i = 1; i < judgements.size(); i++) {
      assertThat(judgements.get(i).asOf()).isEqualTo(judgements.get(i - 1).score().nextReview());
    }
  }

  @Test
  void shouldTakeNoNoticeOfDuplicatesAndOlderVersions() throws Exception {
    Change first = shop.order(ANNA, START, "o1", START, 5_000);
    Change second = shop.order(ANNA, START + 1, "o1", START, 0, Kind.CANCELLED);
    Change user = shop.user(ANNA, START);
    harness.process(user, first, second);
    harness.tick(START + 1);
    harness.judgements();

    harness.process(second, first, user, first);
    harness.tick(START + 2);
    assertThat(harness.judgements()).isEmpty();
  }

  @Test
  void shouldNotBringADeletedOrderBack() throws Exception {
    Change placed = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), placed, shop.noOrder(ANNA, START + 1, "o1"));
    harness.tick(START + 1);
    harness.judgements();

    harness.process(placed);
    harness.tick(START + 2);
    assertThat(harness.judgements()).isEmpty();

    harness.process(shop.order(ANNA, START + 3, "o1", START, 5_000));
    harness.tick(START + 3);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.score().orderCount()).isEqualTo(1));
  }

  @Test
  void shouldCountALateChangeAsOfTheFirstInstantNotYetJudged() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.tick(A_SECOND_LATER);
    harness.judgements();

    harness.process(shop.order(ANNA, START + 1, "o1", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.asOf()).isEqualTo(A_SECOND_LATER + 1));
  }

  @Test
  void shouldJudgeASnapshotOnceAndOnlyAfterTimeBegins() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START - DAY, 5_000);
    harness.process(
        Shop.asSnapshot(order, START + 10, 99),
        Shop.asSnapshot(shop.user(ANNA, START), START + 20, 99),
        Shop.asSnapshot(shop.user(BERT, START), START + 30, 99));
    assertThat(harness.judgements()).isEmpty();

    harness.tick(A_SECOND_LATER);
    assertThat(harness.judgements())
        .satisfiesExactlyInAnyOrder(
            anna -> {
              assertThat(anna.userId()).isEqualTo(ANNA);
              assertThat(anna.asOf()).isEqualTo(START + 20);
              assertThat(anna.cause()).isEqualTo(Cause.SNAPSHOT);
              assertThat(anna.score().orderCount()).isEqualTo(1);
            },
            bert -> {
              assertThat(bert.userId()).isEqualTo(BERT);
              assertThat(bert.asOf()).isEqualTo(START + 30);
            });
  }

  @Test
  void shouldJudgeAsOfACommitOnlyOnceThoughASnapshotIsReadAgain() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), order);
    harness.tick(A_SECOND_LATER);
    harness.judgements();

    harness.process(Shop.asSnapshot(order, TWO_SECONDS_LATER, shop.next().lsn()));
    harness.tick(TWO_SECONDS_LATER - 1);
    assertThat(harness.judgements()).isEmpty();
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.changed()).isFalse());
  }

  @Test
  void shouldShowAnOverrideUntilItExpires() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.process(shop.override(ANNA, A_SECOND_LATER, 3, A_DAY_LATER));
    harness.tick(A_SECOND_LATER);
    List<Judgement> judgements = harness.judgements();
    Judgement before = judgements.get(0);
    Judgement during = judgements.get(1);
    assertThat(during.overridden()).isTrue();
    assertThat(during.score().score()).isEqualTo(3);
    assertThat(during.score().atRisk()).isTrue();
    assertThat(during.computed().score()).isEqualTo(before.score().score());

    harness.tick(A_DAY_LATER - 1);
    assertThat(harness.judgements()).isEmpty();
    harness.tick(A_DAY_LATER);
    Judgement after = harness.judgements().get(0);
    assertThat(after.cause()).isEqualTo(Cause.OVERRIDE_ENDED);
    assertThat(after.overridden()).isFalse();
    assertThat(after.score().score()).isEqualTo(before.score().score());
  }

  @Test
  void shouldJudgeEverybodyAtOnceWhenAPolicyComesIntoForce() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, START, "o1", START, 5_000),
        shop.user(BERT, START));
    harness.tick(START);
    harness.judgements();

    harness.process(shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true));
    harness.tick(A_SECOND_LATER - 1);
    assertThat(harness.judgements()).isEmpty();
    harness.tick(A_SECOND_LATER);
    assertThat(harness.judgements())
        .hasSize(2)
        .allSatisfy(
            judgement -> {
              assertThat(judgement.asOf()).isEqualTo(A_SECOND_LATER);
              assertThat(judgement.policyVersion()).isEqualTo("document-v1");
              assertThat(judgement.cause()).isEqualTo(Cause.POLICY);
              assertThat(judgement.causeId()).isEqualTo("document-v1");
            });
  }

  @Test
  void shouldGoBackToThePolicyBefore() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.process(
        shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true),
        shop.policy("document-v1", TWO_SECONDS_LATER, DOCUMENT_V1, false));
    harness.tick(TWO_SECONDS_LATER);

    List<Judgement> judgements = harness.judgements();
    assertThat(judgements)
        .extracting(Judgement::policyVersion)
        .containsExactly("cadence-v1", "document-v1", "cadence-v1");
    assertThat(judgements.get(2).score().score()).isEqualTo(judgements.get(0).score().score());
  }

  @Test
  void shouldKeepThePolicyBeforeWhenTheActiveOneIsNoPolicy() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.process(shop.policy("document-v1", START, DOCUMENT_V1, true));
    harness.tick(START);
    harness.process(
        shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, false),
        shop.policy("broken", A_SECOND_LATER, "{}", true));
    harness.process(shop.order(ANNA, TWO_SECONDS_LATER, "o1", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);

    assertThat(harness.judgements())
        .extracting(Judgement::policyVersion)
        .containsOnly("document-v1");
  }

  @Test
  void shouldTakeThePolicyOfTheSnapshotAsInForceEver() throws Exception {
    harness.process(
        new PolicyChanged("document-v1", START, new RowVersion(99, 0), true, DOCUMENT_V1, true));
    harness.process(Shop.asSnapshot(shop.user(ANNA, START), START - SECOND, 99));
    harness.tick(START);

    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.policyVersion()).isEqualTo("document-v1"));
  }

  @Test
  void shouldForgetAnErasedUserAltogether() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, START, "o1", START, 5_000),
        shop.override(ANNA, START, 3, A_DAY_LATER));
    harness.tick(A_SECOND_LATER);
    harness.judgements();

    harness.process(
        shop.noOrder(ANNA, TWO_SECONDS_LATER, "o1"),
        shop.noUser(ANNA, TWO_SECONDS_LATER),
        shop.noOverride(ANNA, TWO_SECONDS_LATER));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.judgements())
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.removed()).isTrue());

    harness.tick(TWO_SECONDS_LATER + DAY);
    assertThat(harness.stateEntries()).isZero();
    assertThat(harness.timers()).isZero();
    assertThat(harness.judgements()).isEmpty();
    assertThat(harness.gauge(HeldCounts::users)).isZero();
    assertThat(harness.gauge(HeldCounts::orders)).isZero();
  }

  @Test
  void shouldKeepOneTimerPerUser() throws Exception {
    harness.process(shop.user(ANNA, START));
    for (int i = 0; i < 200; i++) {
      harness.process(shop.order(ANNA, START + i, "o" + i, START + i, 1_000));
      harness.tick(START + i);
    }
    assertThat(harness.timers()).isEqualTo(1);
  }

  @Test
  void shouldJudgeNobodyAsOfTheEndOfTheInput() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    harness.judgements();
    harness.end();
    assertThat(harness.judgements()).isEmpty();
  }

  @Test
  void shouldKeepTheNewestThousandOrders() throws Exception {
    List<Change> orders = new ArrayList<>();
    for (int i = 0; i < Orders.MAX_ORDERS + 10; i++) {
      orders.add(shop.order(ANNA, START, "o" + i, START - i * SECOND, 1_000));
    }
    harness.process(shop.user(ANNA, START));
    harness.process(orders.toArray(Change[]::new));
    harness.tick(START);

    Judgement judgement = harness.judgements().get(0);
    assertThat(judgement.score().orderCount()).isEqualTo(Orders.MAX_ORDERS);
    assertThat(judgement.score().lastOrderAt()).isEqualTo(START);
  }

  @Test
  void shouldGoOnAfterARestoreAsIfNothingHadHappened() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    harness.judgements();
    harness.process(shop.order(ANNA, TWO_SECONDS_LATER, "o2", START, 5_000));
    OperatorSubtaskState state = harness.snapshot();

    try (EngagementHarness restored = EngagementHarness.restored(state)) {
      restored.process(shop.order(ANNA, START, "o3", START, 5_000));
      restored.tick(TWO_SECONDS_LATER);
      assertThat(restored.judgements())
          .as("the late order counts as of the first instant not yet judged before the restore")
          .extracting(Judgement::asOf, Judgement::revision)
          .containsExactly(tuple(START + 1, 2L), tuple(TWO_SECONDS_LATER, 3L));
      assertThat(restored.gauge(HeldCounts::orders)).isEqualTo(3);
    }
  }

  @Test
  void shouldLoseNothingWhenTimeStartsOverAfterARestore() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);
    harness.judgements();
    OperatorSubtaskState state = harness.snapshot();

    try (EngagementHarness restored = EngagementHarness.restored(state)) {
      restored.process(shop.order(ANNA, START, "o2", START, 5_000));
      restored.tick(START + SECOND);
      assertThat(restored.judgements()).isEmpty();

      restored.tick(TWO_SECONDS_LATER + SECOND);
      assertThat(restored.judgements())
          .extracting(Judgement::asOf, judgement -> judgement.score().orderCount())
          .containsExactly(tuple(TWO_SECONDS_LATER + 1, 2));
    }
  }

  @Test
  void shouldCountWhatItHoldsAcrossAChangeOfParallelism() throws Exception {
    for (int i = 0; i < 50; i++) {
      harness.process(
          shop.user("user" + i, START), shop.order("user" + i, START, "o" + i, START, 100));
    }
    harness.tick(START);
    OperatorSubtaskState state = harness.snapshot();

    long users = 0;
    long judged = 0;
    for (int subtask = 0; subtask < 3; subtask++) {
      try (EngagementHarness part = EngagementHarness.restored(state, 1, subtask, 3)) {
        users += part.gauge(HeldCounts::users);
        part.tick(START + 400 * DAY);
        judged += part.judgements().stream().map(Judgement::userId).distinct().count();
      }
    }
    assertThat(users).isEqualTo(50);
    assertThat(judged).isEqualTo(50);
  }
}
