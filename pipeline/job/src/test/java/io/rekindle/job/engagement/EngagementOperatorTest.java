package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.SECOND;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.job.ChangeFactory;
import io.rekindle.job.engagement.EngagementHarness.Limits;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.job.rules.PolicyTimeline;
import io.rekindle.job.state.UserOrders;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngagementOperatorTest {

  private static final String ANNA = "anna";
  private static final String BERT = "bert";
  private static final long A_SECOND_LATER = START + SECOND;
  private static final long TWO_SECONDS_LATER = START + 2 * SECOND;
  private static final long A_DAY_LATER = START + DAY;
  private static final long A_MONTH_LATER = START + 30 * DAY;
  private static final String DOCUMENT_V1 = ScoringPolicy.builtIn("document-v1").json();

  private final ChangeFactory shop = new ChangeFactory();
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
  void shouldEvaluateNoUserBeforeTheCommitIsPassed() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START - 1);
    assertThat(harness.updates()).isEmpty();

    harness.tick(START);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.asOf()).isEqualTo(START);
              assertThat(update.cause()).isEqualTo(Cause.ORDER_PLACED);
              assertThat(update.causeId()).isEqualTo("o1");
              assertThat(update.score().segment()).isEqualTo(Segment.NEW);
              assertThat(update.changed()).isTrue();
              assertThat(update.previous()).isNull();
            });
  }

  @Test
  void shouldEvaluateAsOfEachCommitOnWhatWasCommittedUntilThen() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, A_SECOND_LATER, "o1", START, 5_000),
        shop.order(ANNA, TWO_SECONDS_LATER, "o2", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);

    assertThat(harness.updates())
        .extracting(update -> update.score().orderCount())
        .containsExactly(0, 1, 2);
  }

  @Test
  void shouldShowAUserWithoutOrdersAsProspect() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.tick(START);

    ScoreUpdate update = harness.updates().get(0);
    assertThat(update.score().scored()).isFalse();
    assertThat(update.score().segment()).isEqualTo(Segment.PROSPECT);
    assertThat(update.cause()).isEqualTo(Cause.USER_CREATED);
  }

  @Test
  void shouldKeepOrdersThatComeBeforeTheirUser() throws Exception {
    harness.process(shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    assertThat(harness.updates()).isEmpty();

    harness.process(shop.user(ANNA, A_SECOND_LATER));
    harness.tick(A_SECOND_LATER);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(update -> assertThat(update.score().orderCount()).isEqualTo(1));
  }

  @Test
  void shouldNameEachKindOfChangeAsCause() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 90_000));
    harness.tick(START);
    harness.updates();

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
    List<ScoreUpdate> updates = harness.updates();
    assertThat(updates).hasSize(1);
    return updates.get(0).cause();
  }

  @Test
  void shouldLetTheScoreFallByTimeAlone() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    long nextChange = harness.updates().get(0).score().nextChange();

    harness.tick(nextChange - 1);
    assertThat(harness.updates()).isEmpty();
    harness.tick(nextChange);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.asOf()).isEqualTo(nextChange);
              assertThat(update.cause()).isEqualTo(Cause.TIME);
              assertThat(update.changed()).isTrue();
            });
  }

  @Test
  void shouldEvaluateAsOfEveryMissedInstantWhenTimeLeaps() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START + 400 * DAY);
    List<ScoreUpdate> updates = harness.updates();

    assertThat(updates).extracting(ScoreUpdate::asOf).isSorted().doesNotHaveDuplicates();
    assertThat(updates.get(updates.size() - 1).score().band()).isEqualTo(Band.LAPSED);
    for (int i = 1; i < updates.size(); i++) {
      assertThat(updates.get(i).asOf()).isEqualTo(updates.get(i - 1).score().nextReview());
    }
  }

  @Test
  void shouldTakeNoNoticeOfDuplicatesAndOlderVersions() throws Exception {
    Change first = shop.order(ANNA, START, "o1", START, 5_000);
    Change second = shop.order(ANNA, START + 1, "o1", START, 0, Kind.CANCELLED);
    Change user = shop.user(ANNA, START);
    harness.process(user, first, second);
    harness.tick(START + 1);
    harness.updates();

    harness.process(second, first, user, first);
    harness.tick(START + 2);
    assertThat(harness.updates()).isEmpty();
  }

  @Test
  void shouldNotBringADeletedOrderBack() throws Exception {
    Change placed = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), placed, shop.noOrder(ANNA, START + 1, "o1"));
    harness.tick(START + 1);
    harness.updates();

    harness.process(placed);
    harness.tick(START + 2);
    assertThat(harness.updates()).isEmpty();

    harness.process(shop.order(ANNA, START + 3, "o1", START, 5_000));
    harness.tick(START + 3);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(update -> assertThat(update.score().orderCount()).isEqualTo(1));
  }

  @Test
  void shouldCountALateChangeAsOfTheFirstInstantNotYetEvaluated() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.tick(A_SECOND_LATER);
    harness.updates();

    harness.process(shop.order(ANNA, START + 1, "o1", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(update -> assertThat(update.asOf()).isEqualTo(A_SECOND_LATER + 1));
  }

  @Test
  void shouldEvaluateASnapshotOnceAndOnlyAfterTimeBegins() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START - DAY, 5_000);
    harness.process(
        ChangeFactory.asSnapshot(order, START + 10, 99),
        ChangeFactory.asSnapshot(shop.user(ANNA, START), START + 20, 99),
        ChangeFactory.asSnapshot(shop.user(BERT, START), START + 30, 99));
    assertThat(harness.updates()).isEmpty();

    harness.tick(A_SECOND_LATER);
    assertThat(harness.updates())
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
  void shouldDropARowOfALaterSnapshotThatEqualsTheKnownRow() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), order);
    harness.tick(A_SECOND_LATER);
    harness.updates();

    harness.process(ChangeFactory.asSnapshot(order, TWO_SECONDS_LATER, shop.next().lsn()));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates()).isEmpty();
  }

  @Test
  void shouldApplyARowOfALaterSnapshotThatDiffersAsOfItsReading() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(A_SECOND_LATER);
    harness.updates();

    Change lost = shop.order(ANNA, A_SECOND_LATER, "o2", START, 7_000);
    harness.process(ChangeFactory.asSnapshot(lost, TWO_SECONDS_LATER, shop.next().lsn()));
    harness.tick(TWO_SECONDS_LATER - 1);
    assertThat(harness.updates()).isEmpty();
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.asOf()).isEqualTo(TWO_SECONDS_LATER);
              assertThat(update.score().orderCount()).isEqualTo(2);
              assertThat(update.cause()).isEqualTo(Cause.SNAPSHOT);
            });
  }

  @Test
  void shouldDropAnEqualRowWhileChangesOfOthersWaitThatACheckpointStored() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), shop.user(BERT, START), order);
    harness.snapshot();
    harness.tick(A_SECOND_LATER);
    harness.process(shop.order(BERT, TWO_SECONDS_LATER, "o2", START, 7_000));
    harness.snapshot();

    harness.process(ChangeFactory.asSnapshot(order, TWO_SECONDS_LATER, shop.next().lsn()));

    assertThat(harness.waitingBytes()).isZero();
  }

  @Test
  void shouldApplyARowOfALaterSnapshotAfterTheChangesThatWaitBeforeIt() throws Exception {
    Change order = shop.order(ANNA, START, "o1", START, 5_000);
    harness.process(shop.user(ANNA, START), order);
    harness.tick(START);
    harness.updates();

    harness.process(shop.order(ANNA, A_SECOND_LATER, "o1", START, 0, Kind.CANCELLED));
    harness.process(ChangeFactory.asSnapshot(order, TWO_SECONDS_LATER, shop.next().lsn()));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates())
        .extracting(ScoreUpdate::asOf, ScoreUpdate::cause)
        .containsExactly(
            tuple(A_SECOND_LATER, Cause.ORDER_CANCELLED), tuple(TWO_SECONDS_LATER, Cause.SNAPSHOT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldLetABarrierPassInTheMiddleOfAPolicyAndGoOnThereAfterARestore(boolean inRocksDb)
      throws Exception {
    Limits onHeap = Limits.ofUsers(10, WaitingChanges.MAX_BYTES);
    Limits slices = inRocksDb ? onHeap.inRocksDb() : onHeap;
    OperatorSubtaskState middle;
    List<String> before = new ArrayList<>();
    try (EngagementHarness sliced = EngagementHarness.fresh(slices)) {
      for (int i = 0; i < 1_000; i++) {
        sliced.process(shop.user("user" + i, START));
      }
      sliced.tick(START);
      sliced.updates();
      sliced.process(shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true));
      sliced.begin(TWO_SECONDS_LATER);
      for (int i = 0; i < 30; i++) {
        sliced.slice();
      }
      assertThat(sliced.advancing()).isTrue();
      assertThat(sliced.watermarks()).endsWith(A_SECOND_LATER - 1);
      sliced.updates().forEach(update -> before.add(update.userId()));
      assertThat(before).hasSize(310);
      middle = sliced.snapshot();
    }
    try (EngagementHarness restored = EngagementHarness.restored(middle, slices)) {
      // No newer watermark comes, as while capture stands still.
      while (restored.advancing()) {
        restored.slice();
      }
      List<ScoreUpdate> after = restored.updates();
      assertThat(after)
          .hasSize(690)
          .allSatisfy(
              update -> {
                assertThat(update.asOf()).isEqualTo(A_SECOND_LATER);
                assertThat(update.cause()).isEqualTo(Cause.POLICY);
              });
      assertThat(after).extracting(ScoreUpdate::userId).doesNotContainAnyElementsOf(before);
      assertThat(restored.watermarks()).endsWith(TWO_SECONDS_LATER);
    }
  }

  @Test
  void shouldReleaseNothingOnceTheTaskIsCancelled() throws Exception {
    harness.process(shop.user(ANNA, START));
    harness.cancel();
    assertThatThrownBy(() -> harness.begin(START)).isInstanceOf(CancelTaskException.class);
    assertThat(harness.updates()).isEmpty();
    assertThat(harness.watermarks()).isEmpty();
  }

  @Test
  void shouldEndASliceWhenTheOutputIsFullSoThatInputIsRead() throws Exception {
    AtomicBoolean free = new AtomicBoolean(true);
    harness.addOutput(free::get);
    for (int i = 0; i < 10; i++) {
      harness.process(shop.user("user" + i, START));
    }
    free.set(false);
    harness.begin(START);
    harness.slice();
    harness.slice();
    assertThat(harness.updates()).hasSize(1);
    assertThat(harness.advancing()).isTrue();

    free.set(true);
    harness.slice();
    assertThat(harness.updates()).hasSize(9);
    assertThat(harness.advancing()).isFalse();
  }

  @Test
  void shouldMoveTheWatermarkWithEachSliceButNeverAheadOfAnEvaluation() throws Exception {
    try (EngagementHarness sliced =
        EngagementHarness.fresh(Limits.ofUsers(7, WaitingChanges.MAX_BYTES))) {
      for (int i = 0; i < 100; i++) {
        sliced.process(shop.user("user" + i, START + i));
      }
      sliced.begin(A_SECOND_LATER);
      int seen = 0;
      while (sliced.advancing()) {
        seen += sliced.updates().size();
        List<Long> watermarks = sliced.watermarks();
        assertThat(watermarks.get(watermarks.size() - 1)).isEqualTo(START + seen - 1);
        sliced.slice();
      }
      assertThat(seen + sliced.updates().size()).isEqualTo(100);
      assertThat(sliced.watermarks()).endsWith(A_SECOND_LATER).isSorted();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldKeepChangesInStateAboveTheMemoryForThem(boolean inRocksDb) throws Exception {
    Limits onHeap = Limits.ofUsers(50, 10_000);
    try (EngagementHarness bounded =
        EngagementHarness.fresh(inRocksDb ? onHeap.inRocksDb() : onHeap)) {
      for (int i = 0; i < 500; i++) {
        bounded.process(shop.user("user" + i % 100, START + i));
        assertThat(bounded.waitingBytes()).isLessThanOrEqualTo(10_000);
      }
      assertThat(bounded.gauge(StateCounts::waiting)).isGreaterThan(400);
      bounded.tick(A_SECOND_LATER);
      assertThat(bounded.updates()).hasSize(500);
      assertThat(bounded.gauge(StateCounts::waiting)).isZero();
      assertThat(bounded.waitingBytes()).isZero();
    }
  }

  @Test
  void shouldShowAnOverrideUntilItExpires() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.process(shop.override(ANNA, A_SECOND_LATER, 3, A_DAY_LATER));
    harness.tick(A_SECOND_LATER);
    List<ScoreUpdate> updates = harness.updates();
    ScoreUpdate before = updates.get(0);
    ScoreUpdate during = updates.get(1);
    assertThat(during.overridden()).isTrue();
    assertThat(during.score().score()).isEqualTo(3);
    assertThat(during.score().atRisk()).isTrue();
    assertThat(during.computed().score()).isEqualTo(before.score().score());

    harness.tick(A_DAY_LATER - 1);
    assertThat(harness.updates()).isEmpty();
    harness.tick(A_DAY_LATER);
    ScoreUpdate after = harness.updates().get(0);
    assertThat(after.cause()).isEqualTo(Cause.OVERRIDE_ENDED);
    assertThat(after.overridden()).isFalse();
    assertThat(after.score().score()).isEqualTo(before.score().score());
  }

  @Test
  void shouldEvaluateAllUsersAtOnceWhenAPolicyComesIntoForce() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, START, "o1", START, 5_000),
        shop.user(BERT, START));
    harness.tick(START);
    harness.updates();

    harness.process(shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true));
    harness.tick(A_SECOND_LATER - 1);
    assertThat(harness.updates()).isEmpty();
    harness.tick(A_SECOND_LATER);
    assertThat(harness.updates())
        .hasSize(2)
        .allSatisfy(
            update -> {
              assertThat(update.asOf()).isEqualTo(A_SECOND_LATER);
              assertThat(update.policyVersion()).isEqualTo("document-v1");
              assertThat(update.cause()).isEqualTo(Cause.POLICY);
              assertThat(update.causeId()).isEqualTo("document-v1");
            });
  }

  @Test
  void shouldGoBackToThePolicyBefore() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.process(
        shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true),
        shop.policy("document-v1", TWO_SECONDS_LATER, DOCUMENT_V1, false));
    harness.tick(TWO_SECONDS_LATER);

    List<ScoreUpdate> updates = harness.updates();
    assertThat(updates)
        .extracting(ScoreUpdate::policyVersion)
        .containsExactly("cadence-v1", "document-v1", "cadence-v1");
    assertThat(updates.get(2).score().score()).isEqualTo(updates.get(0).score().score());
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

    assertThat(harness.updates())
        .extracting(ScoreUpdate::policyVersion)
        .containsOnly("document-v1");
  }

  @Test
  void shouldTakeThePolicyOfTheSnapshotAsInForceEver() throws Exception {
    harness.process(
        new PolicyChanged("document-v1", START, new RowVersion(99, 0), true, DOCUMENT_V1, true));
    harness.process(ChangeFactory.asSnapshot(shop.user(ANNA, START), START - SECOND, 99));
    harness.tick(START);

    assertThat(harness.updates())
        .singleElement()
        .satisfies(update -> assertThat(update.policyVersion()).isEqualTo("document-v1"));
  }

  @Test
  void shouldTellTheBuiltInPolicyAsInForceFromTheFirstWatermark() throws Exception {
    assertThat(harness.policiesInForce()).isEmpty();

    harness.tick(START);
    harness.tick(A_SECOND_LATER);
    ScoringPolicy builtIn = ScoringPolicy.builtIn("cadence-v1");
    assertThat(harness.policiesInForce())
        .containsExactly(
            new PolicyInForce(
                "cadence-v1",
                true,
                builtIn.hash(),
                builtIn.json(),
                null,
                null,
                PolicyTimeline.ALWAYS,
                Score.NEVER));
  }

  @Test
  void shouldTellThePolicyInForceWhenItChangesAndWhenALaterOneIsRefused() throws Exception {
    harness.process(shop.policy("document-v1", A_SECOND_LATER, DOCUMENT_V1, true));
    harness.tick(START);
    harness.tick(A_SECOND_LATER);
    harness.process(
        shop.policy("document-v1", TWO_SECONDS_LATER, DOCUMENT_V1, false),
        shop.policy("broken", TWO_SECONDS_LATER, "{}", true));
    harness.tick(TWO_SECONDS_LATER);
    harness.process(shop.policy("broken", A_DAY_LATER, "{}", false));
    harness.tick(A_DAY_LATER);

    assertThat(harness.policiesInForce())
        .extracting(
            PolicyInForce::policyVersion,
            PolicyInForce::builtIn,
            PolicyInForce::since,
            PolicyInForce::changedAt)
        .containsExactly(
            tuple("cadence-v1", true, PolicyTimeline.ALWAYS, Score.NEVER),
            tuple("document-v1", false, A_SECOND_LATER, A_SECOND_LATER),
            tuple("document-v1", false, A_SECOND_LATER, TWO_SECONDS_LATER),
            tuple("cadence-v1", true, A_DAY_LATER, A_DAY_LATER));
  }

  @Test
  void shouldEvaluateEveryUserByAModelAndByTheOneBeforeAnInvalidOne() throws Exception {
    String money =
        "{\"version\":\"m\",\"money\":"
            + "{\"p\":2.5,\"q\":3.5,\"gamma\":40,\"meanOrderValue\":\"50.00\"}}";
    Change order = shop.order(ANNA, START, "o1", START - 20 * DAY, 5_000);
    harness.process(shop.user(ANNA, START), ChangeFactory.asSnapshot(order, START, 900_000));
    harness.tick(START);
    assertThat(harness.updates())
        .extracting(update -> update.score().valueAtStake())
        .containsExactly(Score.NO_VALUE);

    harness.process(shop.model("m-1", "cadence-v1", A_SECOND_LATER, money, true));
    harness.process(shop.model("m-2", "document-v1", A_SECOND_LATER, money, true));
    harness.tick(A_SECOND_LATER);
    // 68 points at the order and 66 now: by the built-in table 0.576 and 0.559.
    assertThat(harness.updates())
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.score().valueAtStake()).isEqualTo(85);
              assertThat(update.score().orderPerMille()).isEqualTo(559);
              assertThat(update.changed()).isFalse();
              assertThat(update.cause()).isEqualTo(Cause.POLICY);
            });

    harness.process(
        shop.model("m-1", "cadence-v1", TWO_SECONDS_LATER, money, false),
        shop.model("m-3", "cadence-v1", TWO_SECONDS_LATER, "{}", true));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates()).isEmpty();

    harness.process(shop.model("m-3", "cadence-v1", A_DAY_LATER, "{}", false));
    harness.tick(A_DAY_LATER);
    assertThat(harness.updates())
        .extracting(update -> update.score().valueAtStake())
        .containsExactly(Score.NO_VALUE);
    assertThat(harness.policiesInForce())
        .extracting(PolicyInForce::modelVersion, PolicyInForce::since)
        .containsExactly(
            tuple(null, PolicyTimeline.ALWAYS),
            tuple("m-1", A_SECOND_LATER),
            tuple("m-1", A_SECOND_LATER),
            tuple(null, A_DAY_LATER));
  }

  @Test
  void shouldTellThePolicyInForceAgainAfterARestoreAndFromOneSubtaskOnly() throws Exception {
    harness.process(shop.policy("document-v1", START, DOCUMENT_V1, true));
    harness.tick(START);
    assertThat(harness.policiesInForce()).hasSize(1);
    OperatorSubtaskState state = harness.snapshot();

    List<PolicyInForce> afterwards = new ArrayList<>();
    for (int subtask = 0; subtask < 3; subtask++) {
      try (EngagementHarness part = EngagementHarness.restored(state, 1, subtask, 3)) {
        part.tick(A_SECOND_LATER);
        afterwards.addAll(part.policiesInForce());
      }
    }
    assertThat(afterwards)
        .extracting(PolicyInForce::policyVersion, PolicyInForce::since)
        .containsExactly(tuple("document-v1", START));
  }

  @Test
  void shouldForgetAnErasedUserAltogether() throws Exception {
    harness.process(
        shop.user(ANNA, START),
        shop.order(ANNA, START, "o1", START, 5_000),
        shop.override(ANNA, START, 3, A_DAY_LATER));
    harness.tick(A_SECOND_LATER);
    harness.updates();

    harness.process(
        shop.noOrder(ANNA, TWO_SECONDS_LATER, "o1"),
        shop.noUser(ANNA, TWO_SECONDS_LATER),
        shop.noOverride(ANNA, TWO_SECONDS_LATER));
    harness.tick(TWO_SECONDS_LATER);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(update -> assertThat(update.removed()).isTrue());

    harness.tick(TWO_SECONDS_LATER + DAY);
    assertThat(harness.stateEntries()).isZero();
    assertThat(harness.timers()).isZero();
    assertThat(harness.updates()).isEmpty();
    assertThat(harness.gauge(StateCounts::users)).isZero();
    assertThat(harness.gauge(StateCounts::orders)).isZero();
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
  void shouldEvaluateNoUserAsOfTheEndOfTheInput() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    harness.updates();
    harness.end();
    assertThat(harness.updates()).isEmpty();
  }

  @Test
  void shouldCountTheNewestThousandOrdersAfterDeletionsAndARestore() throws Exception {
    int placed = 3 * UserOrders.MAX_ORDERS;
    harness.process(shop.user(ANNA, START));
    for (int i = 0; i < placed; i++) {
      harness.process(shop.order(ANNA, START, "o" + i, START - i * SECOND, 1_000 + i));
    }
    harness.tick(START);
    assertThat(harness.updates().get(0).score().orderCount()).isEqualTo(UserOrders.MAX_ORDERS);
    assertThat(harness.gauge(StateCounts::orders)).isEqualTo(placed);

    try (EngagementHarness restored = EngagementHarness.restored(harness.snapshot())) {
      int deleted = 2_500;
      for (int i = 0; i < deleted; i++) {
        restored.process(shop.noOrder(ANNA, TWO_SECONDS_LATER, "o" + i));
      }
      restored.tick(TWO_SECONDS_LATER);
      ScoreUpdate update = restored.updates().get(0);
      assertThat(update.score().orderCount()).isEqualTo(placed - deleted);
      assertThat(update.score().lastOrderAt()).isEqualTo(START - deleted * SECOND);
      long spend = 0;
      for (int i = deleted; i < placed; i++) {
        spend += 1_000 + i;
      }
      assertThat(update.score().totalSpendMinor()).isEqualTo(spend);
      assertThat(restored.gauge(StateCounts::orders)).isEqualTo(placed - deleted);
    }
  }

  @Test
  void shouldGoOnAfterARestoreAsIfNothingHadHappened() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(START);
    harness.updates();
    harness.process(shop.order(ANNA, TWO_SECONDS_LATER, "o2", START, 5_000));
    OperatorSubtaskState state = harness.snapshot();

    try (EngagementHarness restored = EngagementHarness.restored(state)) {
      restored.process(shop.order(ANNA, START, "o3", START, 5_000));
      restored.tick(TWO_SECONDS_LATER);
      assertThat(restored.updates())
          .as("the late order counts as of the first instant not yet evaluated before the restore")
          .extracting(ScoreUpdate::asOf, ScoreUpdate::revision)
          .containsExactly(tuple(START + 1, 2L), tuple(TWO_SECONDS_LATER, 3L));
      assertThat(restored.gauge(StateCounts::orders)).isEqualTo(3);
    }
  }

  @Test
  void shouldLoseNothingWhenTimeStartsOverAfterARestore() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    harness.tick(TWO_SECONDS_LATER);
    harness.updates();
    OperatorSubtaskState state = harness.snapshot();

    try (EngagementHarness restored = EngagementHarness.restored(state)) {
      restored.process(shop.order(ANNA, START, "o2", START, 5_000));
      restored.tick(START + SECOND);
      assertThat(restored.updates()).isEmpty();

      restored.tick(TWO_SECONDS_LATER + SECOND);
      assertThat(restored.updates())
          .extracting(ScoreUpdate::asOf, update -> update.score().orderCount())
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
    long evaluated = 0;
    for (int subtask = 0; subtask < 3; subtask++) {
      try (EngagementHarness part = EngagementHarness.restored(state, 1, subtask, 3)) {
        users += part.gauge(StateCounts::users);
        part.tick(START + 400 * DAY);
        evaluated += part.updates().stream().map(ScoreUpdate::userId).distinct().count();
      }
    }
    assertThat(users).isEqualTo(50);
    assertThat(evaluated).isEqualTo(50);
  }
}
