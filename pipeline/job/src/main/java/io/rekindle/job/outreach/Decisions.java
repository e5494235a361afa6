package io.rekindle.job.outreach;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.job.outreach.Decision.Kind;
import io.rekindle.job.outreach.Decision.Reason;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.Assignment;
import io.rekindle.scoring.contact.ContactRule;
import io.rekindle.scoring.contact.EpisodeId;
import io.rekindle.scoring.contact.Obstacle;
import io.rekindle.scoring.factor.Factor;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * Decides about an episode: a pure function of the candidate, the instants and the rules. {@link
 * DailyCapOperator} applies the daily cap afterwards.
 */
public final class Decisions {

  private static final int PPM_DIGITS = 6;

  private static final JsonFactory JSON = new JsonFactory();

  private Decisions() {}

  /**
   * Decides about a candidate's episode.
   *
   * @param openedAt the beginning of the risk, epoch milliseconds
   * @param at the instant of the decision, epoch milliseconds of event time
   */
  public static Decision decide(Candidate candidate, long openedAt, long at, OutreachRules rules) {
    Reason skip = reasonToSkip(candidate, openedAt, at, rules);
    String arm = null;
    if (skip == null) {
      arm =
          isArmOf(candidate.assignedArm(), rules)
              ? candidate.assignedArm()
              : assign(candidate.facts().userId(), rules);
    }
    OutreachVariant variant = arm == null ? null : variant(arm, rules);
    Kind kind = skip != null ? Kind.SKIP : variant == null ? Kind.HOLDOUT : Kind.EMAIL;
    return new Decision(
        EpisodeId.of(candidate.facts().userId(), openedAt),
        candidate.facts().userId(),
        kind,
        skip == null ? Reason.AT_RISK : skip,
        at,
        openedAt,
        skip == null ? rules.experimentId() : null,
        arm,
        variant,
        candidate.score().scoreDecimal(),
        candidate.policyVersion(),
        inputs(candidate, openedAt, arm, rules),
        rules.dailyCap(),
        rules.capOrder(),
        candidate.score().valueAtStakeDecimal(),
        kind == Kind.EMAIL ? candidate.facts() : null);
  }

  /**
   * Returns the reason to skip that lasts longest; null without one. The control group comes last:
   * its users compare with those whom nothing else keeps from an email.
   */
  private static Reason reasonToSkip(
      Candidate candidate, long openedAt, long at, OutreachRules rules) {
    Obstacle obstacle = ContactRule.obstacle(candidate.recipient());
    if (obstacle != null) {
      return Reason.valueOf(obstacle.name());
    }
    if (!rules.enabled()) {
      return Reason.PAUSED;
    }
    Instant now = Instant.ofEpochMilli(at);
    if (ContactRule.isStale(Instant.ofEpochMilli(openedAt), rules.staleDays(), now)) {
      return Reason.STALE;
    }
    Instant lastContact =
        candidate.lastContactAt() == Score.NEVER
            ? null
            : Instant.ofEpochMilli(candidate.lastContactAt());
    if (ContactRule.isInCooldown(lastContact, rules.cooldownDays(), now)) {
      return Reason.RECENTLY_CONTACTED;
    }
    return ContactRule.isControl(
            candidate.facts().userId(), rules.controlSalt(), rules.controlPpm())
        ? Reason.CONTROL_GROUP
        : null;
  }

  private static String assign(String userId, OutreachRules rules) {
    List<Assignment.Arm> arms =
        rules.variants().stream()
            .map(variant -> new Assignment.Arm(variant.name(), variant.weight()))
            .toList();
    String arm = Assignment.arm(userId, rules.experimentId(), rules.holdoutPpm(), arms);
    return arm == null ? OutreachRules.HOLDOUT : arm;
  }

  /** Whether the arm exists. A removed variant leaves its users without an arm. */
  private static boolean isArmOf(String arm, OutreachRules rules) {
    return OutreachRules.HOLDOUT.equals(arm) || variant(arm, rules) != null;
  }

  /** Returns the variant of an arm; null for the holdout. */
  private static OutreachVariant variant(String arm, OutreachRules rules) {
    for (OutreachVariant variant : rules.variants()) {
      if (variant.name().equals(arm)) {
        return variant;
      }
    }
    return null;
  }

  private static String inputs(
      Candidate candidate, long openedAt, String arm, OutreachRules rules) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      Score score = candidate.score();
      json.writeStartObject();
      number("score", score.scoreDecimal(), json);
      for (Factor factor : Factor.values()) {
        number(factor.column(), score.pointsDecimal(factor), json);
      }
      number("order_probability", score.orderProbability(), json);
      number("value_at_stake", score.valueAtStakeDecimal(), json);
      json.writeStringField("segment", score.segment().name());
      json.writeBooleanField("overridden", candidate.overridden());
      json.writeStringField("policy_version", candidate.policyVersion());
      instant("opened_at", openedAt, json);
      instant("last_order_at", score.lastOrderAt(), json);
      instant("last_contact_at", candidate.lastContactAt(), json);
      json.writeNumberField("order_count", score.orderCount());
      json.writeNumberField("usual_gap_ms", score.usualGap());
      json.writeBooleanField("consent", candidate.recipient().consents());
      json.writeBooleanField("address", candidate.recipient().hasAddress());
      json.writeStringField("suppression", candidate.suppression());
      json.writeBooleanField("enabled", rules.enabled());
      json.writeNumberField("cooldown_days", rules.cooldownDays());
      json.writeNumberField("stale_days", rules.staleDays());
      json.writeNumberField("daily_cap", rules.dailyCap());
      json.writeStringField("cap_order", rules.capOrder().name());
      json.writeStringField("experiment_id", rules.experimentId());
      number("holdout_share", BigDecimal.valueOf(rules.holdoutPpm(), PPM_DIGITS), json);
      json.writeStringField("arm", arm);
      number("control_share", BigDecimal.valueOf(rules.controlPpm(), PPM_DIGITS), json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void number(String name, BigDecimal value, JsonGenerator json) throws IOException {
    json.writeFieldName(name);
    json.writeNumber(value);
  }

  private static void instant(String name, long value, JsonGenerator json) throws IOException {
    json.writeStringField(
        name, value == Score.NEVER ? null : Instant.ofEpochMilli(value).toString());
  }
}
