package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.SECOND;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.job.ChangeFactory;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.DatedRuleChange;
import io.rekindle.job.rules.PolicyTimeline;
import io.rekindle.job.rules.RuleTimelines;
import io.rekindle.job.state.Episode.CloseReason;
import io.rekindle.job.state.OrderLedger;
import io.rekindle.job.state.OrderRowsInMemory;
import io.rekindle.job.state.UserState;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserEvaluatorTest {

  private static final String ANNA = "anna";
  private static final long RETENTION = DAY;
  private static final long LONG_AFTER = START + 300 * DAY;

  private final ChangeFactory shop = new ChangeFactory();
  private final RuleTimelines rules = new RuleTimelines();
  private final Results results = new Results();
  private final UserEvaluator evaluator =
      new UserEvaluator(
          rules,
          new OrderLedger(new OrderRowsInMemory(), RETENTION),
          new BackfillRule(EngagementHarness.QUIET_TIME),
          results);

  private UserState anna = new UserState();
  private long firstOpen = Long.MIN_VALUE;

  /** What the evaluator gives. */
  private static final class Results implements UserEvaluator.Receiver {

    private final List<ScoreUpdate> updates = new ArrayList<>();
    private final List<Change> lastApplied = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private int duplicates;

    @Override
    public void scoreUpdate(ScoreUpdate update, Change change) {
      updates.add(update);
      lastApplied.add(change);
    }

    @Override
    public void decision(Decision decision) {
      decisions.add(decision);
    }

    @Override
    public void duplicate() {
      duplicates++;
    }

    ScoreUpdate last() {
      return updates.get(updates.size() - 1);
    }
  }

  private void evaluateUntil(long watermark, Change... changes) {
    List<WaitingChange> inOrder =
        Arrays.stream(changes)
            .map(change -> new WaitingChange(Math.max(change.commitTime(), firstOpen), change))
            .sorted(WaitingChange.ORDER)
            .toList();
    anna = evaluator.catchUp(ANNA, anna, inOrder, watermark);
    firstOpen = watermark + 1;
  }

  private void rule(long since, RuleChange change) {
    rules.add(new DatedRuleChange(since, change));
  }

  private void becomeAtRisk() {
    rule(
        PolicyTimeline.ALWAYS,
        new OutreachChanged(0, new RowVersion(1, 0), true, OutreachRules.DEFAULTS));
    evaluateUntil(
        LONG_AFTER - 1, shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
  }

  @Test
  void anOrderRaisesTheScore() {
    evaluateUntil(START, shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    double before = results.last().score().score();
    Change order = shop.order(ANNA, START + 9 * DAY, "o2", START + 9 * DAY, 90_000);

    evaluateUntil(START + 9 * DAY, order);
    assertThat(results.last().score().score()).isGreaterThan(before);
    assertThat(results.last())
        .extracting(ScoreUpdate::cause, ScoreUpdate::causeId, ScoreUpdate::changed)
        .containsExactly(Cause.ORDER_PLACED, "o2", true);
    assertThat(results.lastApplied.get(results.lastApplied.size() - 1)).isEqualTo(order);
  }

  @Test
  void theScoreFallsByTimeAloneAtEachInstantAtWhichItIsDue() {
    evaluateUntil(
        START + 100 * DAY, shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));

    assertThat(results.updates).hasSizeGreaterThan(2);
    assertThat(results.updates.get(0).cause()).isEqualTo(Cause.ORDER_PLACED);
    for (int i = 1; i < results.updates.size(); i++) {
      ScoreUpdate update = results.updates.get(i);
      assertThat(update.cause()).isEqualTo(Cause.TIME);
      assertThat(update.asOf()).isEqualTo(results.updates.get(i - 1).score().nextReview());
      assertThat(results.lastApplied.get(i)).isNull();
    }
    assertThat(results.last().score().score()).isLessThan(results.updates.get(0).score().score());
    assertThat(evaluator.dueAt(anna)).isGreaterThan(START + 100 * DAY);
  }

  @Test
  void aScoreThatDecaysOpensAnEpisodeWhenTheUserBecomesAtRisk() {
    becomeAtRisk();

    List<ScoreUpdate> opening =
        results.updates.stream().filter(update -> update.episode() != null).toList();
    assertThat(opening)
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.cause()).isEqualTo(Cause.TIME);
              assertThat(update.episode().openedAt()).isEqualTo(update.score().atRiskSince());
              assertThat(update.episode().noticedAt()).isEqualTo(update.asOf());
              assertThat(update.previous().atRisk()).isFalse();
            });
    assertThat(anna.episode()).isEqualTo(opening.get(0).episode());
  }

  @Test
  void anEpisodeIsDecidedOnce() {
    becomeAtRisk();
    assertThat(results.decisions).hasSize(1);
    long openedAt = anna.episode().openedAt();

    evaluateUntil(LONG_AFTER, shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 90_000));
    evaluateUntil(LONG_AFTER + 1, shop.noOrder(ANNA, LONG_AFTER + 1, "o2"));
    assertThat(anna.episode().openedAt()).as("the same risk, open again").isEqualTo(openedAt);
    assertThat(results.decisions).hasSize(1);
  }

  @Test
  void anEpisodeIsDecidedByTheRulesThatHoldWhenItIsNoticed() {
    rule(
        LONG_AFTER,
        new OutreachChanged(LONG_AFTER, new RowVersion(9, 9), false, OutreachRules.NONE));
    becomeAtRisk();

    assertThat(results.decisions)
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.reason()).isEqualTo(Decision.Reason.AT_RISK);
              assertThat(decision.experimentId()).isEqualTo("default");
            });
    assertThat(anna.armOf("default")).isEqualTo(results.decisions.get(0).arm());
    assertThat(anna.armOf("another")).isNull();
  }

  @Test
  void aRecoveryClosesTheEpisode() {
    becomeAtRisk();
    evaluateUntil(LONG_AFTER, shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 90_000));

    assertThat(results.last().episode())
        .satisfies(
            episode -> {
              assertThat(episode.closeReason()).isEqualTo(CloseReason.RECOVERED);
              assertThat(episode.closedAt()).isEqualTo(LONG_AFTER);
            });
    assertThat(anna.episode()).isNull();
  }

  @Test
  void aRemovedUserLosesTheScoreAndTheEpisode() {
    becomeAtRisk();
    evaluateUntil(LONG_AFTER, shop.noUser(ANNA, LONG_AFTER));

    assertThat(results.last())
        .satisfies(
            update -> {
              assertThat(update.removed()).isTrue();
              assertThat(update.cause()).isEqualTo(Cause.USER_REMOVED);
              assertThat(update.previous().atRisk()).isTrue();
              assertThat(update.policyVersion()).isNull();
              assertThat(update.episode().closeReason()).isEqualTo(CloseReason.USER_REMOVED);
            });
    assertThat(evaluator.dueAt(anna)).isEqualTo(UserState.NEVER_DUE);
  }

  @Test
  void aUserWhomTheShopNeverHadGetsNoScore() {
    evaluateUntil(START, shop.order(ANNA, START, "o1", START, 5_000), shop.noUser(ANNA, START));

    assertThat(results.updates).isEmpty();
    assertThat(anna.orders().size()).isEqualTo(1);
  }

  @Test
  void anOverrideHoldsUntilItEnds() {
    evaluateUntil(START, shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    double computed = results.last().score().score();
    evaluateUntil(START + 1, shop.override(ANNA, START + 1, 3, START + DAY));
    assertThat(results.last())
        .satisfies(
            update -> {
              assertThat(update.cause()).isEqualTo(Cause.OVERRIDE);
              assertThat(update.score().score()).isEqualTo(3);
              assertThat(update.computed().score()).isEqualTo(computed);
            });

    evaluateUntil(START + DAY);
    assertThat(results.last())
        .satisfies(
            update -> {
              assertThat(update.asOf()).isEqualTo(START + DAY);
              assertThat(update.cause()).isEqualTo(Cause.OVERRIDE_ENDED);
              assertThat(update.overridden()).isFalse();
              assertThat(update.score().score()).isEqualTo(computed);
            });
  }

  @Test
  void anotherPolicyEvaluatesTheUserWhenItComesIntoForce() {
    evaluateUntil(START, shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 5_000));
    String document = ScoringPolicy.builtIn("document-v1").json();
    rule(START + SECOND, shop.policy("document-v1", START + SECOND, document, true));
    assertThat(evaluator.dueAt(anna)).isEqualTo(START + SECOND);

    evaluateUntil(START + 2 * SECOND);
    assertThat(results.updates)
        .extracting(
            ScoreUpdate::asOf, ScoreUpdate::policyVersion, ScoreUpdate::cause, ScoreUpdate::causeId)
        .containsExactly(
            tuple(START, "cadence-v1", Cause.ORDER_PLACED, "o1"),
            tuple(START + SECOND, "document-v1", Cause.POLICY, "document-v1"));
  }

  @Test
  void duplicatesAreCountedAndChangeNothing() {
    Change user = shop.user(ANNA, START);
    Change order = shop.order(ANNA, START, "o1", START, 5_000);
    evaluateUntil(START, user, order, order);
    assertThat(results.duplicates).isEqualTo(1);
    assertThat(results.updates).hasSize(1);

    evaluateUntil(START + 1, user, order);
    assertThat(results.duplicates).isEqualTo(3);
    assertThat(results.updates).hasSize(1);
  }

  @Test
  void aLateChangeCountsAsOfTheFirstInstantThatIsNotYetEvaluated() {
    evaluateUntil(START + SECOND, shop.user(ANNA, START));

    evaluateUntil(START + 2 * SECOND, shop.order(ANNA, START + 1, "o1", START, 5_000));
    assertThat(results.last().asOf()).isEqualTo(START + SECOND + 1);
    assertThat(results.last().revision()).isEqualTo(2);
  }

  @Test
  void changesOfOneInstantAreOneUpdateAndTheOrderIsItsCause() {
    evaluateUntil(
        START,
        shop.order(ANNA, START, "o1", START, 5_000),
        shop.contact(ANNA, START, "e1"),
        shop.user(ANNA, START));

    assertThat(results.updates)
        .singleElement()
        .satisfies(update -> assertThat(update.causeId()).isEqualTo("o1"));
  }

  @Test
  void aStateThatIsPastItsTimeIsForgottenByEventTime() {
    evaluateUntil(START + 1, shop.user(ANNA, START), shop.noUser(ANNA, START + 1));
    assertThat(anna.revision()).isEqualTo(2);
    UserState before = anna;

    evaluateUntil(START + 2 * RETENTION, shop.user(ANNA, START + 1 + RETENTION));
    assertThat(anna).isNotSameAs(before);
    assertThat(anna.revision()).as("numbered from 1 again").isEqualTo(1);
  }
}
