package io.rekindle.job.outreach;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.EmailFacts;
import java.math.BigDecimal;

/**
 * The decision about an episode, with its reason; one per episode, immutable.
 *
 * @param episodeId the id of the episode, the decision and the email
 * @param decidedAt epoch milliseconds of event time
 * @param openedAt the beginning of the risk, epoch milliseconds
 * @param experimentId the experiment; null for a SKIP
 * @param arm name of the variant, or {@link OutreachRules#HOLDOUT}; null for a SKIP
 * @param variant the manner of the email; null unless the decision is EMAIL
 * @param score the published score; null without one
 * @param policyVersion the policy that found the user at risk
 * @param inputs all inputs of the decision, a JSON object
 * @param dailyCap the most emails of the day, by the rules at that time
 * @param capOrder which decisions get the emails of the day, by the rules at that time
 * @param valueAtStake in the policy's base currency; null if unknown
 * @param facts the material of the email; null unless the decision is EMAIL
 */
public record Decision(
    String episodeId,
    String userId,
    Kind kind,
    Reason reason,
    long decidedAt,
    long openedAt,
    String experimentId,
    String arm,
    OutreachVariant variant,
    BigDecimal score,
    String policyVersion,
    String inputs,
    int dailyCap,
    CapOrder capOrder,
    BigDecimal valueAtStake,
    EmailFacts facts) {

  /** The action. */
  public enum Kind {
    EMAIL,
    HOLDOUT,
    SKIP
  }

  /** The reason of the action. */
  public enum Reason {
    AT_RISK,
    NO_CONSENT,
    SUPPRESSED,
    NO_ADDRESS,
    PAUSED,
    STALE,
    RECENTLY_CONTACTED,
    OVER_DAILY_CAP,
    CONTROL_GROUP
  }

  /**
   * Whether nothing but chance decided between an email and none. Such decisions share the emails
   * of a day, so that those with and those without an email stay comparable.
   */
  boolean isByChance() {
    return kind != Kind.SKIP || reason == Reason.CONTROL_GROUP;
  }

  /**
   * The same decision after the last email of the day. No user joins the experiment for the rest of
   * the day, not even in the holdout or in the control group, since these must stay comparable.
   */
  Decision overDailyCap() {
    return new Decision(
        episodeId,
        userId,
        Kind.SKIP,
        Reason.OVER_DAILY_CAP,
        decidedAt,
        openedAt,
        null,
        null,
        null,
        score,
        policyVersion,
        inputs,
        dailyCap,
        capOrder,
        valueAtStake,
        null);
  }
}
