package io.rekindle.job.outreach;

import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.EmailFacts;
import java.math.BigDecimal;

/**
 * What outreach does about an episode, and why; one per episode, immutable.
 *
 * @param episodeId of the episode, and of the decision and of the email, too
 * @param decidedAt epoch milliseconds of event time
 * @param openedAt when the risk began, epoch milliseconds
 * @param experimentId the experiment that ran; null for a SKIP
 * @param arm name of the variant, or {@link OutreachRules#HOLDOUT}; null for a SKIP
 * @param variant how the email is to be; null unless the decision is EMAIL
 * @param score as it was shown; null if there was none
 * @param policyVersion the policy that found the user at risk
 * @param inputs all that the decision was taken on, a JSON object
 * @param dailyCap most emails of the day, by the rules that held
 * @param facts what the email may be written from; null unless the decision is EMAIL
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
    EmailFacts facts) {

  /** What is done. */
  public enum Kind {
    EMAIL,
    HOLDOUT,
    SKIP
  }

  /** Why it is done. */
  public enum Reason {
    AT_RISK,
    NO_CONSENT,
    SUPPRESSED,
    NO_ADDRESS,
    PAUSED,
    STALE,
    RECENTLY_CONTACTED,
    OVER_DAILY_CAP
  }

  /**
   * The same, had the day's emails been used up: nobody joins the experiment any more that day,
   * those who would be held out neither, or the arms would not compare.
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
        null);
  }
}
