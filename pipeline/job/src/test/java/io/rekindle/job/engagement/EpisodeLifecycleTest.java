package io.rekindle.job.engagement;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.job.ChangeFactory;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.Decision.Reason;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.Episode.CloseReason;
import io.rekindle.scoring.contact.EpisodeId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a user's silence. */
class EpisodeLifecycleTest {

  private static final String ANNA = "anna";
  private static final long LONG_AFTER = START + 300 * DAY;

  private final ChangeFactory shop = new ChangeFactory();
  private EngagementHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngagementHarness.fresh();
    harness.process(nobodyHeldOut(START - 1));
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldOpenWhenTheUserBecomesAtRisk() throws Exception {
    becomeAtRisk();
    ScoreUpdate opening = opening();
    assertThat(opening.episode().openedAt()).isEqualTo(opening.score().atRiskSince());
    assertThat(opening.episode().noticedAt()).isEqualTo(opening.asOf());
    assertThat(opening.episode().closeReason()).isNull();
    assertThat(harness.decisions())
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.kind()).isEqualTo(Decision.Kind.EMAIL);
              assertThat(decision.episodeId())
                  .isEqualTo(EpisodeId.of(ANNA, opening.episode().openedAt()));
              assertThat(decision.decidedAt()).isEqualTo(opening.asOf());
              assertThat(decision.facts().name()).isEqualTo("Somebody called anna");
              assertThat(decision.facts().orderCount()).isEqualTo(1);
            });
  }

  @Test
  void shouldStayOpenForAllOfTheSilence() throws Exception {
    becomeAtRisk();
    harness.decisions();
    harness.updates();
    harness.tick(LONG_AFTER + 200 * DAY);
    assertThat(harness.updates()).extracting(ScoreUpdate::episode).containsOnlyNulls();
    assertThat(harness.decisions()).isEmpty();
  }

  @Test
  void shouldCloseWithAnOrder() throws Exception {
    becomeAtRisk();
    Episode open = opening().episode();
    harness.process(shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 20_000));
    harness.tick(LONG_AFTER);
    Episode closed = lastEpisode();
    assertThat(closed.openedAt()).isEqualTo(open.openedAt());
    assertThat(closed.closedAt()).isEqualTo(LONG_AFTER);
    assertThat(closed.closeReason()).isEqualTo(CloseReason.RECOVERED);
  }

  @Test
  void shouldNotCloseBeforeTheScoreIsWellAboveTheThreshold() throws Exception {
    becomeAtRisk();
    harness.updates();
    harness.process(shop.override(ANNA, LONG_AFTER, 54, LONG_AFTER + DAY));
    harness.tick(LONG_AFTER);
    assertThat(harness.updates())
        .singleElement()
        .satisfies(
            update -> {
              assertThat(update.score().atRisk()).isFalse();
              assertThat(update.episode()).isNull();
            });
    harness.process(shop.override(ANNA, LONG_AFTER + 1, 55, LONG_AFTER + DAY));
    harness.tick(LONG_AFTER + 1);
    assertThat(lastEpisode().closeReason()).isEqualTo(CloseReason.RECOVERED);
  }

  @Test
  void shouldOpenAgainWithoutAnotherDecisionWhenTheOrderIsTakenBack() throws Exception {
    becomeAtRisk();
    Episode first = opening().episode();
    assertThat(harness.decisions()).hasSize(1);
    harness.process(shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 20_000));
    harness.tick(LONG_AFTER);
    harness.updates();
    harness.process(shop.order(ANNA, LONG_AFTER + 1, "o2", LONG_AFTER, 0, Kind.CANCELLED));
    harness.tick(LONG_AFTER + 1);
    Episode again = lastEpisode();
    assertThat(again.openedAt()).as("the same silence").isEqualTo(first.openedAt());
    assertThat(again.closeReason()).isNull();
    assertThat(harness.decisions()).isEmpty();
  }

  @Test
  void shouldBeAnotherEpisodeAfterAnotherOrder() throws Exception {
    becomeAtRisk();
    harness.decisions();
    harness.process(shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 20_000));
    harness.tick(LONG_AFTER + 300 * DAY);
    assertThat(harness.decisions()).hasSize(1);
  }

  @Test
  void shouldCloseWhenTheLastOrderIsGone() throws Exception {
    becomeAtRisk();
    harness.updates();
    harness.process(shop.noOrder(ANNA, LONG_AFTER, "o1"));
    harness.tick(LONG_AFTER);
    assertThat(lastEpisode().closeReason()).isEqualTo(CloseReason.NO_ORDERS);
  }

  @Test
  void shouldCloseWhenTheUserIsGone() throws Exception {
    becomeAtRisk();
    harness.updates();
    harness.process(shop.noUser(ANNA, LONG_AFTER));
    harness.tick(LONG_AFTER);
    assertThat(lastEpisode().closeReason()).isEqualTo(CloseReason.USER_REMOVED);
  }

  @Test
  void shouldDecideByTheRulesOfTheInstant() throws Exception {
    OutreachRules off = rules(false, 30);
    harness.process(new OutreachChanged(START + DAY, shop.next(), false, off));
    becomeAtRisk();
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.PAUSED);
  }

  @Test
  void shouldWriteToNobodyOnceTheRulesAreDeleted() throws Exception {
    harness.process(new OutreachChanged(START + DAY, shop.next(), false, OutreachRules.NONE));
    becomeAtRisk();
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.PAUSED);
  }

  @Test
  void shouldNotWriteToWhoIsSuppressed() throws Exception {
    harness.process(suppression("anna@example.com", START, shop.next()));
    becomeAtRisk();
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.SUPPRESSED);
  }

  @Test
  void shouldWriteToAnotherAddressThanTheOneThatBounced() throws Exception {
    harness.process(suppression("anna@old.example", START, shop.next()));
    becomeAtRisk();
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.AT_RISK);
  }

  @Test
  void shouldWriteAgainOnceTheSuppressionIsLifted() throws Exception {
    harness.process(suppression(null, START, shop.next()));
    harness.process(new SuppressionRemoved(ANNA, START + 1, shop.next(), false));
    becomeAtRisk();
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.AT_RISK);
  }

  @Test
  void shouldRememberASuppressionOfWhoIsNoUserAnyMore() throws Exception {
    harness.process(shop.user(ANNA, START), suppression(null, START + 1, shop.next()));
    harness.process(shop.noUser(ANNA, START + 2));
    harness.tick(START + 299 * DAY);
    harness.process(shop.user(ANNA, LONG_AFTER), shop.order(ANNA, LONG_AFTER, "o", START, 5_000));
    harness.tick(LONG_AFTER + EngagementHarness.QUIET_TIME.toMillis());
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.SUPPRESSED);
  }

  @Test
  void shouldCountAnEmailThatWasSentAsAContact() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 2_000));
    harness.tick(START);
    long atRisk = opensAt();
    harness.process(shop.contact(ANNA, atRisk - 10 * DAY, "e1"));
    harness.tick(atRisk);
    assertThat(harness.decisions())
        .extracting(Decision::reason)
        .containsExactly(Reason.RECENTLY_CONTACTED);
  }

  @Test
  void shouldRememberForTheLongestCooldownWhoWasWrittenToBeforeTheyWereGone() throws Exception {
    harness.process(withCooldown(OutreachRules.MAX_DAYS));
    harness.process(shop.user(ANNA, START), shop.contact(ANNA, START, "e1"));
    harness.process(shop.noUser(ANNA, START + DAY));
    harness.tick(START + 5 * 365 * DAY);

    long back = START + 9 * 365 * DAY;
    harness.process(shop.user(ANNA, back), shop.order(ANNA, back, "o1", back, 2_000));
    harness.tick(back + 300 * DAY);

    assertThat(harness.decisions())
        .extracting(Decision::reason)
        .containsExactly(Reason.RECENTLY_CONTACTED);
    harness.process(
        shop.noUser(ANNA, back + 300 * DAY), shop.noOrder(ANNA, back + 300 * DAY, "o1"));
    harness.tick(back + 367 * DAY);
    assertThat(harness.stateEntries()).isZero();
  }

  @Test
  void shouldCallASilenceStaleThatWasLongOverTheThresholdWhenItCouldBeKnown() throws Exception {
    harness.process(shop.user(ANNA, LONG_AFTER), shop.order(ANNA, LONG_AFTER, "o1", START, 2_000));
    harness.tick(LONG_AFTER + EngagementHarness.QUIET_TIME.toMillis());
    assertThat(harness.decisions()).extracting(Decision::reason).containsExactly(Reason.STALE);
    assertThat(opening().episode().openedAt()).isLessThan(LONG_AFTER - 14 * DAY);
  }

  @Test
  void shouldRememberAllOfItInASnapshot() throws Exception {
    becomeAtRisk();
    Episode first = opening().episode();
    harness.decisions();
    var state = harness.snapshot();
    harness.close();
    harness = EngagementHarness.restored(state);
    harness.process(shop.order(ANNA, LONG_AFTER, "o2", LONG_AFTER, 20_000));
    harness.process(shop.noOrder(ANNA, LONG_AFTER + 1, "o2"));
    harness.tick(LONG_AFTER + 1);
    assertThat(harness.updates())
        .extracting(ScoreUpdate::episode)
        .extracting(Episode::closeReason)
        .containsExactly(CloseReason.RECOVERED, null);
    assertThat(harness.decisions()).isEmpty();
    assertThat(first).isNotNull();
  }

  private void becomeAtRisk() throws Exception {
    harness.process(shop.user(ANNA, START), shop.order(ANNA, START, "o1", START, 2_000));
    harness.tick(LONG_AFTER - 1);
  }

  /** When a user with one small order of now becomes at risk. */
  private long opensAt() throws Exception {
    try (EngagementHarness other = EngagementHarness.fresh()) {
      ChangeFactory elsewhere = new ChangeFactory();
      other.process(elsewhere.user(ANNA, START), elsewhere.order(ANNA, START, "o1", START, 2_000));
      other.tick(LONG_AFTER);
      return other.updates().stream()
          .filter(update -> update.episode() != null)
          .findFirst()
          .orElseThrow()
          .asOf();
    }
  }

  private ScoreUpdate opening() {
    List<ScoreUpdate> openings =
        harness.updates().stream().filter(update -> update.episode() != null).toList();
    assertThat(openings).hasSize(1);
    return openings.get(0);
  }

  private Episode lastEpisode() {
    List<Episode> episodes =
        harness.updates().stream()
            .map(ScoreUpdate::episode)
            .filter(episode -> episode != null)
            .toList();
    assertThat(episodes).hasSize(1);
    return episodes.get(0);
  }

  private static SuppressionChanged suppression(String address, long at, RowVersion version) {
    return new SuppressionChanged(ANNA, at, version, false, address, "UNSUBSCRIBED");
  }

  private OutreachChanged withCooldown(int days) {
    return new OutreachChanged(START, shop.next(), false, rules(true, days));
  }

  private OutreachChanged nobodyHeldOut(long at) {
    return new OutreachChanged(at, shop.next(), false, rules(true, 30));
  }

  /** Nobody is held out. */
  private static OutreachRules rules(boolean enabled, int cooldownDays) {
    return new OutreachRules(
        enabled,
        cooldownDays,
        14,
        10,
        CapOrder.FIRST_DECIDED,
        "default",
        0,
        OutreachRules.DEFAULTS.variants(),
        0,
        "rekindle");
  }
}
