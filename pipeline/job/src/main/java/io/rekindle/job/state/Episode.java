package io.rekindle.job.state;

import io.rekindle.scoring.Score;
import java.math.BigDecimal;

/**
 * One period in which a user is at risk.
 *
 * @param openedAt when the risk began, by the orders that were known when it was noticed; epoch
 *     milliseconds
 * @param noticedAt as of which instant it was noticed; epoch milliseconds
 * @param score as published then
 * @param policyVersion the policy then in force
 * @param closedAt epoch milliseconds; {@link Score#NEVER} while it is open
 * @param closeReason null while it is open
 */
public record Episode(
    long openedAt,
    long noticedAt,
    double score,
    String policyVersion,
    long closedAt,
    CloseReason closeReason) {

  /** Why an episode is over. */
  public enum CloseReason {
    /** The user's score is back above the threshold. */
    RECOVERED,
    /** No order counts any more, so no time since an order can be measured. */
    NO_ORDERS,
    /** The shop has no such user any more. */
    USER_REMOVED
  }

  /** An episode that is open. */
  public static Episode opened(long openedAt, long noticedAt, double score, String policyVersion) {
    return new Episode(openedAt, noticedAt, score, policyVersion, Score.NEVER, null);
  }

  /** The same episode, over. */
  public Episode closed(long at, CloseReason reason) {
    return new Episode(openedAt, noticedAt, score, policyVersion, at, reason);
  }

  /** The score as outputs show it. */
  public BigDecimal scoreDecimal() {
    return PublishedScore.decimal(score);
  }
}
