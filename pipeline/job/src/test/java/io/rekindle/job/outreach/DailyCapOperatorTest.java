package io.rekindle.job.outreach;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.job.outreach.Decision.Kind;
import io.rekindle.job.outreach.Decision.Reason;
import io.rekindle.scoring.contact.EpisodeId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DailyCapOperatorTest {

  private static final long NOON = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();
  private static final long MIDNIGHT = Instant.parse("2026-04-01T00:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;
  private static final int CAP = 3;

  private OneInputStreamOperatorTestHarness<Decision, Decision> harness;
  private int read;

  @BeforeEach
  void open() throws Exception {
    harness = harness(null);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static OneInputStreamOperatorTestHarness<Decision, Decision> harness(
      OperatorSubtaskState state) throws Exception {
    OneInputStreamOperatorTestHarness<Decision, Decision> harness =
        new OneInputStreamOperatorTestHarness<>(
            new DailyCapOperator(), new RecordSerializer<>(Decision.class));
    harness.getExecutionConfig().enableObjectReuse();
    harness.setup(new RecordSerializer<>(Decision.class));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  @Test
  void shouldGiveTheDaysEmailsToThoseDecidedFirst() throws Exception {
    for (int i = 5; i >= 1; i--) {
      process(email("user" + i, NOON + i, NOON - HOUR));
    }
    assertThat(results()).as("nothing is known to be first before time has passed").isEmpty();
    tick(NOON + 10);
    assertThat(results())
        .containsExactly("user1 EMAIL", "user2 EMAIL", "user3 EMAIL", "user4 SKIP", "user5 SKIP");
  }

  @Test
  void shouldPreferTheNewestRiskOfOneInstant() throws Exception {
    process(email("old", NOON, NOON - 9 * HOUR));
    process(email("new", NOON, NOON - HOUR));
    process(email("older", NOON, NOON - 10 * HOUR));
    process(email("newest", NOON, NOON));
    tick(NOON);
    assertThat(results()).containsExactly("older SKIP", "newest EMAIL", "new EMAIL", "old EMAIL");
  }

  @Test
  void shouldGiveTheDaysEmailsToTheMostValueAtStakeOnceTheDayIsOver() throws Exception {
    process(byValue("unknown", NOON, null));
    process(byValue("little", NOON, "0.01"));
    process(byValue("most", MIDNIGHT - 1, "900.00"));
    process(byValue("much", NOON + 2, "100.00"));
    process(byValue("more", NOON + 1, "99.99"));
    process(byValue("tomorrow", MIDNIGHT, "1000.00"));
    assertThat(results()).containsExactly("unknown SKIP", "little SKIP");
    tick(MIDNIGHT - 2);
    assertThat(results()).isEmpty();
    tick(MIDNIGHT);
    assertThat(results()).containsExactly("most EMAIL", "much EMAIL", "more EMAIL");
  }

  @Test
  void shouldCountTheEmailsOfADayInWhichTheOrderChanges() throws Exception {
    process(email("first", NOON, NOON));
    process(byValue("little", NOON + 1, "1"));
    process(byValue("much", NOON + 1, "100"));
    process(byValue("more", NOON + 1, "10"));
    tick(NOON + 2);
    process(email("last", MIDNIGHT - 1, NOON));
    tick(MIDNIGHT);
    assertThat(results())
        .containsExactly("first EMAIL", "little SKIP", "last EMAIL", "much EMAIL", "more SKIP");
  }

  @Test
  void shouldKeepNoMoreDecisionsOfOneInstantThanTheCap() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      process(email("user" + i, NOON, NOON - i));
      process(decision("held" + i, NOON, NOON - i, Kind.HOLDOUT));
    }
    assertThat(results()).hasSizeGreaterThanOrEqualTo(2_000 - 2 * CAP);
    tick(NOON);
    assertThat(results()).filteredOn(result -> result.endsWith("EMAIL")).hasSize(CAP);
  }

  @Test
  void shouldSkipAllWithoutACap() throws Exception {
    process(decision("anna", NOON, NOON - HOUR, Kind.EMAIL, 0));
    assertThat(results()).containsExactly("anna SKIP");
  }

  @Test
  void shouldHoldNobodyOutOnceTheEmailsAreUsedUp() throws Exception {
    for (int i = 0; i < CAP; i++) {
      process(email("user" + i, NOON + i, NOON));
    }
    process(decision("held", NOON + 1, NOON, Kind.HOLDOUT));
    process(decision("late", NOON + 9, NOON, Kind.HOLDOUT));
    tick(NOON + 9);
    assertThat(results())
        .containsExactly("user0 EMAIL", "held HOLDOUT", "user1 EMAIL", "user2 EMAIL", "late SKIP");
    Decision late = harness.extractOutputValues().get(CAP + 1);
    assertThat(late.reason()).isEqualTo(Reason.OVER_DAILY_CAP);
    assertThat(late.arm()).isNull();
    assertThat(late.experimentId()).isNull();
  }

  /** Whoever is compared is chosen by the same limit, and an email is used up by an email only. */
  @Test
  void shouldLeaveNobodyToTheControlGroupOnceTheEmailsAreUsedUp() throws Exception {
    process(control("first", NOON));
    for (int i = 0; i < CAP; i++) {
      process(email("user" + i, NOON + i, NOON));
    }
    process(control("last", NOON + 1));
    process(control("late", NOON + 9));
    assertThat(results()).isEmpty();
    tick(NOON + 9);

    assertThat(
            harness.extractOutputValues().stream()
                .filter(decision -> decision.kind() == Kind.SKIP)
                .map(decision -> decision.userId() + " " + decision.reason()))
        .containsExactly("first CONTROL_GROUP", "last CONTROL_GROUP", "late OVER_DAILY_CAP");
    assertThat(results()).filteredOn(result -> result.endsWith("EMAIL")).hasSize(CAP);
  }

  @Test
  void shouldBeginAgainWithEachDay() throws Exception {
    for (int i = 0; i < 5; i++) {
      process(email("user" + i, MIDNIGHT - 1, NOON));
      process(email("next" + i, MIDNIGHT, NOON));
    }
    tick(MIDNIGHT);
    assertThat(results()).filteredOn(result -> result.endsWith("EMAIL")).hasSize(2 * CAP);
  }

  @Test
  void shouldLetWhatIsSkippedPass() throws Exception {
    Decision skipped = decision("anna", NOON, NOON, Kind.SKIP);
    process(skipped);
    assertThat(harness.extractOutputValues()).containsExactly(skipped);
  }

  @Test
  void shouldDecideTheSameHoweverItIsInterrupted() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long at = NOON + random.nextInt(40) * HOUR;
      decisions.add(
          i % 2 == 0
              ? email("user" + i, at, at - random.nextInt(5) * HOUR)
              : byValue("user" + i, at, i % 7 == 0 ? null : String.valueOf(random.nextInt(9))));
    }
    List<String> expected = run(decisions, new Random(0), false);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(decisions, random);
      assertThat(run(decisions, random, true)).as("seed " + seed).isEqualTo(expected);
    }
  }

  private static List<String> run(List<Decision> decisions, Random random, boolean interrupted)
      throws Exception {
    List<String> results = new ArrayList<>();
    OneInputStreamOperatorTestHarness<Decision, Decision> running = harness(null);
    long watermark = Long.MIN_VALUE;
    for (int hour = 0; hour <= 40; hour++) {
      if (interrupted && random.nextBoolean()) {
        continue;
      }
      long until = NOON + hour * HOUR;
      for (Decision decision : decisions) {
        if (decision.decidedAt() > watermark && decision.decidedAt() <= until) {
          running.processElement(new StreamRecord<>(decision, decision.decidedAt()));
        }
      }
      if (interrupted && random.nextInt(4) == 0) {
        results.addAll(names(running.extractOutputValues()));
        OperatorSubtaskState state = running.snapshot(1, 1);
        running.close();
        running = harness(state);
      }
      running.processWatermark(new Watermark(until));
      watermark = until;
    }
    for (Decision decision : decisions) {
      if (decision.decidedAt() > watermark) {
        running.processElement(new StreamRecord<>(decision, decision.decidedAt()));
      }
    }
    running.processWatermark(Watermark.MAX_WATERMARK);
    results.addAll(names(running.extractOutputValues()));
    running.close();
    Collections.sort(results);
    return results;
  }

  private void process(Decision decision) throws Exception {
    harness.processElement(new StreamRecord<>(decision, decision.decidedAt()));
  }

  private void tick(long instant) throws Exception {
    harness.processWatermark(new Watermark(instant));
  }

  private List<String> results() {
    List<String> all = names(harness.extractOutputValues());
    List<String> newer = all.subList(read, all.size());
    read = all.size();
    return newer;
  }

  private static List<String> names(List<Decision> decisions) {
    return decisions.stream().map(decision -> decision.userId() + " " + decision.kind()).toList();
  }

  private static Decision email(String userId, long decidedAt, long openedAt) {
    return decision(userId, decidedAt, openedAt, Kind.EMAIL);
  }

  private static Decision decision(String userId, long decidedAt, long openedAt, Kind kind) {
    return decision(userId, decidedAt, openedAt, kind, CAP);
  }

  private static Decision byValue(String userId, long decidedAt, String valueAtStake) {
    return decision(
        userId,
        decidedAt,
        decidedAt - HOUR,
        Kind.EMAIL,
        CAP,
        CapOrder.VALUE_AT_STAKE,
        valueAtStake == null ? null : new BigDecimal(valueAtStake));
  }

  private static Decision decision(
      String userId, long decidedAt, long openedAt, Kind kind, int dailyCap) {
    return decision(
        userId, decidedAt, openedAt, kind, dailyCap, CapOrder.FIRST_DECIDED, BigDecimal.TEN);
  }

  private static Decision control(String userId, long decidedAt) {
    return decision(
        userId,
        decidedAt,
        decidedAt - HOUR,
        Kind.SKIP,
        Reason.CONTROL_GROUP,
        CAP,
        CapOrder.FIRST_DECIDED,
        BigDecimal.TEN);
  }

  private static Decision decision(
      String userId,
      long decidedAt,
      long openedAt,
      Kind kind,
      int dailyCap,
      CapOrder capOrder,
      BigDecimal valueAtStake) {
    Reason reason = kind == Kind.SKIP ? Reason.STALE : Reason.AT_RISK;
    return decision(userId, decidedAt, openedAt, kind, reason, dailyCap, capOrder, valueAtStake);
  }

  private static Decision decision(
      String userId,
      long decidedAt,
      long openedAt,
      Kind kind,
      Reason reason,
      int dailyCap,
      CapOrder capOrder,
      BigDecimal valueAtStake) {
    return new Decision(
        EpisodeId.of(userId, openedAt),
        userId,
        kind,
        reason,
        decidedAt,
        openedAt,
        "default",
        kind == Kind.EMAIL ? "friendly" : null,
        null,
        null,
        "cadence-v1",
        "{}",
        dailyCap,
        capOrder,
        valueAtStake,
        null);
  }
}
