package io.rekindle.job.outreach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.email.EmailFacts;
import io.rekindle.job.outreach.Decision.Kind;
import io.rekindle.job.outreach.Decision.Reason;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.contact.ContactCase;
import io.rekindle.scoring.contact.Recipient;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionsTest {

  private static final long DAY = 86_400_000;
  private static final long NOW = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();
  private static final long YESTERDAY = NOW - DAY;
  private static final Score SCORE =
      new Scorer(ScoringPolicy.builtIn("cadence-v1")).score(OrderHistory.EMPTY, NOW, Score.NEVER);
  private static final EmailFacts FACTS = facts("anna");
  private static final OutreachVariant FRIENDLY =
      new OutreachVariant("friendly", 1_000_000, "winback-v1", "friendly", null);
  private static final OutreachRules RULES = rules(true, 0, 0);

  @Test
  void shouldEmailWhoeverNothingSpeaksAgainst() throws Exception {
    Decision decision = Decisions.decide(anna(), YESTERDAY, NOW, RULES);
    assertThat(decision.kind()).isEqualTo(Kind.EMAIL);
    assertThat(decision.reason()).isEqualTo(Reason.AT_RISK);
    assertThat(decision.arm()).isEqualTo("friendly");
    assertThat(decision.variant()).isEqualTo(FRIENDLY);
    assertThat(decision.facts()).isEqualTo(FACTS);
    assertThat(DecisionJson.read(DecisionJson.write(decision))).isEqualTo(decision);
    assertThat(serialized(decision)).isEqualTo(decision);
  }

  @Test
  void shouldHoldOutWithoutFacts() throws Exception {
    OutreachRules nobody = rules(true, 1_000_000, 0);
    Decision decision = Decisions.decide(anna(), YESTERDAY, NOW, nobody);
    assertThat(decision.kind()).isEqualTo(Kind.HOLDOUT);
    assertThat(decision.arm()).isEqualTo(OutreachRules.HOLDOUT);
    assertThat(decision.facts()).isNull();
    assertThat(serialized(decision)).isEqualTo(decision);
  }

  @Test
  void shouldHaveANumberForEachKindAndReasonInStoredBytes() throws Exception {
    Decision some = Decisions.decide(anna(), YESTERDAY, NOW, RULES);
    for (Kind kind : Kind.values()) {
      for (Reason reason : Reason.values()) {
        Decision decision =
            new Decision(
                some.episodeId(),
                some.userId(),
                kind,
                reason,
                NOW,
                YESTERDAY,
                null,
                null,
                null,
                new BigDecimal("12.5000"),
                "p",
                "{}",
                0,
                CapOrder.VALUE_AT_STAKE,
                new BigDecimal("49.99"),
                null);
        assertThat(serialized(decision)).isEqualTo(decision);
      }
    }
  }

  private static Decision serialized(Decision decision) throws IOException {
    RecordSerializer<Decision> serializer = new RecordSerializer<>(Decision.class);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(decision, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  @Test
  void shouldLeaveAUserInTheArmThatTheyAreIn() {
    Candidate assigned = assigned("HOLDOUT");
    assertThat(Decisions.decide(assigned, YESTERDAY, NOW, RULES).kind()).isEqualTo(Kind.HOLDOUT);
  }

  @Test
  void shouldAssignAgainWhoseVariantWasTakenOut() {
    Candidate assigned = assigned("gone");
    assertThat(Decisions.decide(assigned, YESTERDAY, NOW, RULES).arm()).isEqualTo("friendly");
  }

  @Test
  void shouldNotReadHalfADecision() {
    assertThatThrownBy(
            () -> DecisionJson.read("{\"episode_id\":\"e\",\"user_id\":\"u\"}".getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("facts");
  }

  @Test
  void shouldSayWhyNot() {
    assertThat(reason(candidate(true, false, null, Score.NEVER), YESTERDAY, RULES))
        .isEqualTo(Reason.NO_CONSENT);
    assertThat(reason(candidate(true, true, "UNSUBSCRIBED", Score.NEVER), YESTERDAY, RULES))
        .isEqualTo(Reason.SUPPRESSED);
    assertThat(reason(candidate(false, true, null, Score.NEVER), YESTERDAY, RULES))
        .isEqualTo(Reason.NO_ADDRESS);
    OutreachRules paused = rules(false, 0, 0);
    assertThat(reason(anna(), YESTERDAY, paused)).isEqualTo(Reason.PAUSED);
    // Of several reasons, what would also hold tomorrow.
    assertThat(reason(candidate(false, false, "BOUNCED", NOW), YESTERDAY, paused))
        .isEqualTo(Reason.NO_CONSENT);
  }

  /**
   * Everybody is in the group here. Whoever is left out for another reason compares with nobody.
   */
  @Test
  void shouldLeaveToTheControlGroupOnlyWhomNothingElseKeepsFromAnEmail() throws Exception {
    OutreachRules everybody = rules(true, 0, 1_000_000);

    Decision decision = Decisions.decide(anna(), YESTERDAY, NOW, everybody);

    assertThat(decision.kind()).isEqualTo(Kind.SKIP);
    assertThat(decision.reason()).isEqualTo(Reason.CONTROL_GROUP);
    assertThat(decision.experimentId()).isNull();
    assertThat(decision.arm()).isNull();
    assertThat(decision.facts()).isNull();
    assertThat(new ObjectMapper().readTree(decision.inputs()).get("control_share").decimalValue())
        .isEqualByComparingTo("1");
    // Neither a holdout of all clients nor an arm from before changes that.
    assertThat(reason(anna(), YESTERDAY, rules(true, 1_000_000, 1_000_000)))
        .isEqualTo(Reason.CONTROL_GROUP);
    assertThat(reason(assigned("friendly"), YESTERDAY, everybody)).isEqualTo(Reason.CONTROL_GROUP);
    assertThat(reason(candidate(true, true, null, NOW), YESTERDAY, everybody))
        .isEqualTo(Reason.RECENTLY_CONTACTED);
    assertThat(reason(anna(), NOW - 15 * DAY, everybody)).isEqualTo(Reason.STALE);
    assertThat(reason(anna(), YESTERDAY, rules(false, 0, 1_000_000))).isEqualTo(Reason.PAUSED);
  }

  @Test
  void shouldCallAnEpisodeStaleAfterTheLimit() {
    assertThat(reason(anna(), NOW - 14 * DAY, RULES)).isEqualTo(Reason.AT_RISK);
    assertThat(reason(anna(), NOW - 14 * DAY - 1, RULES)).isEqualTo(Reason.STALE);
  }

  @Test
  void shouldNotWriteAgainBeforeTheCooldownIsOver() {
    assertThat(reason(candidate(true, true, null, NOW - 30 * DAY + 1), YESTERDAY, RULES))
        .isEqualTo(Reason.RECENTLY_CONTACTED);
    assertThat(reason(candidate(true, true, null, NOW - 30 * DAY), YESTERDAY, RULES))
        .isEqualTo(Reason.AT_RISK);
  }

  @Test
  void shouldTellAllThatItWasTakenOn() throws Exception {
    JsonNode inputs =
        new ObjectMapper()
            .readTree(
                Decisions.decide(candidate(true, false, "BOUNCED", NOW), YESTERDAY, NOW, RULES)
                    .inputs());
    assertThat(inputs.get("consent").asBoolean()).isFalse();
    assertThat(inputs.get("suppression").asText()).isEqualTo("BOUNCED");
    assertThat(inputs.get("last_contact_at").asText()).isEqualTo("2026-03-31T12:00:00Z");
    assertThat(inputs.get("opened_at").asText()).isEqualTo("2026-03-30T12:00:00Z");
    assertThat(inputs.get("policy_version").asText()).isEqualTo("cadence-v1");
    assertThat(inputs.get("cooldown_days").asInt()).isEqualTo(30);
    assertThat(inputs.get("holdout_share").decimalValue()).isEqualByComparingTo("0");
    assertThat(inputs.get("arm").isNull()).isTrue();
    assertThat(inputs.toString()).doesNotContain("Anna").doesNotContain("@");
  }

  private static Reason reason(Candidate candidate, long openedAt, OutreachRules rules) {
    return Decisions.decide(candidate, openedAt, NOW, rules).reason();
  }

  private static EmailFacts facts(String userId) {
    return new EmailFacts(
        userId,
        "Anna",
        Instant.ofEpochMilli(NOW - 90 * DAY),
        7,
        new BigDecimal("59.90"),
        List.of("books"),
        "de",
        "Europe/Vienna");
  }

  private static OutreachRules rules(boolean enabled, int holdoutPpm, int controlPpm) {
    return new OutreachRules(
        enabled,
        30,
        14,
        10,
        CapOrder.FIRST_DECIDED,
        "default",
        holdoutPpm,
        List.of(FRIENDLY),
        controlPpm,
        "rekindle");
  }

  private static Candidate anna() {
    return candidate(true, true, null, Score.NEVER);
  }

  private static Candidate candidate(
      boolean address, boolean consents, String suppression, long lastContactAt) {
    Recipient recipient =
        new Recipient(consents, address ? "anna@example.com" : null, suppression != null, null);
    return new Candidate(
        recipient, suppression, lastContactAt, SCORE, false, "cadence-v1", null, FACTS);
  }

  private static Candidate assigned(String arm) {
    Candidate anna = anna();
    return new Candidate(
        anna.recipient(), null, Score.NEVER, SCORE, false, "cadence-v1", arm, FACTS);
  }

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#inForceAtDecision")
  void shouldAgreeWithTheContactCase(ContactCase example) {
    Candidate candidate =
        new Candidate(
            example.recipient(),
            null,
            example.contacted() == null ? Score.NEVER : NOW - example.contacted().toMillis(),
            SCORE,
            false,
            "cadence-v1",
            null,
            facts(example.name()));
    OutreachRules rules =
        new OutreachRules(
            true,
            example.cooldownDays(),
            example.staleDays(),
            10,
            CapOrder.FIRST_DECIDED,
            "default",
            0,
            List.of(FRIENDLY),
            example.controlPpm(),
            ContactCase.CONTROL_SALT);
    String expected = example.obstacle();
    assertThat(reason(candidate, NOW - example.opened().toMillis(), rules))
        .isEqualTo(expected == null ? Reason.AT_RISK : Reason.valueOf(expected));
  }
}
