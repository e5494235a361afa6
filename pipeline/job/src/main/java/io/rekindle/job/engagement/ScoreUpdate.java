package io.rekindle.job.engagement;

import io.rekindle.job.state.Episode;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.scoring.Score;

/**
 * A user's score as of one instant, and what changed with it; immutable.
 *
 * @param userId never null
 * @param asOf the instant it speaks of, epoch milliseconds of database commit time
 * @param revision number of this update among those of the user, from 1; with {@code asOf} it tells
 *     an older update from a newer one
 * @param score as to be published, an override's if one holds; null if the user is gone from the
 *     shop
 * @param computed what the policy alone says; the score itself unless overridden; null if the user
 *     is gone
 * @param overridden whether an override holds
 * @param lastContactAt epoch milliseconds, {@link Score#NEVER} if nobody wrote yet
 * @param policyVersion the policy in force; null if the user is gone
 * @param previous what was published before; null if nothing was
 * @param cause why it was made
 * @param causeId order id, email id or policy version, as fits the cause; null if none does
 * @param changed whether score, band or being at risk differ from before
 * @param episode what became of the user's episode as of this instant: that it opened or closed;
 *     null if neither
 */
public record ScoreUpdate(
    String userId,
    long asOf,
    long revision,
    Score score,
    Score computed,
    boolean overridden,
    long lastContactAt,
    String policyVersion,
    PublishedScore previous,
    Cause cause,
    String causeId,
    boolean changed,
    Episode episode) {

  /** Whether the user is gone from the shop, so that no score is to be published any more. */
  public boolean removed() {
    return score == null;
  }
}
