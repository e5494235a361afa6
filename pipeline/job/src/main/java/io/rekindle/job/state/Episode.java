package io.rekindle.job.state;

import io.rekindle.scoring.Score;
import java.math.BigDecimal;

/**
 * One period in which a user is at risk.
 *
 * @param openedAt the beginning of the risk by the orders known at {@code noticedAt}; epoch
 *     milliseconds
 * @param noticedAt the instant of the evaluation that noticed it; epoch milliseconds
 * @param score the score published at {@code noticedAt}
 * @param policyVersion the policy in force at {@code noticedAt}
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

  /** The reason of the end of an episode. */
  public enum CloseReason {
    /** The user's score is back above the threshold. */
    RECOVERED,
    /** No order counts any more, so there is no time since an order. */
    NO_ORDERS,
    /** The shop has no such user any more. */
    USER_REMOVED
  }

  /** Creates an open episode. */
  public static Episode opened(long openedAt, long noticedAt, double score, String policyVersion) {
    return new Episode(openedAt, noticedAt, score, policyVersion, Score.NEVER, null);
  }

  /** Returns the closed episode. */
  public Episode closed(long at, CloseReason reason) {
    return new Episode(openedAt, noticedAt, score, policyVersion, at, reason);
  }

  /** The score in the form of outputs. */
  public BigDecimal scoreDecimal() {
    return Score.decimal(score);
  }
}
