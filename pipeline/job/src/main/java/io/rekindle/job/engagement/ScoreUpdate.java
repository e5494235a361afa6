package io.rekindle.job.engagement;

import io.rekindle.job.state.Episode;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.EpisodeId;

/**
 * A user's score as of one instant, with its changes; immutable.
 *
 * @param userId never null
 * @param asOf the instant of the score, epoch milliseconds of database commit time
 * @param revision the number of this update among the user's updates, from 1; together with {@code
 *     asOf} it orders updates
 * @param score the score to publish, which is an override's if one holds; null if the user has left
 *     the shop
 * @param computed the score by the policy alone; null if the user has left the shop
 * @param overridden whether an override holds
 * @param lastContactAt epoch milliseconds; {@link Score#NEVER} without a contact
 * @param policyVersion the policy in force; null if the user has left the shop
 * @param previous the score published before; null for the first
 * @param cause the cause of the update
 * @param causeId order id, email id or policy version, by the cause; null for other causes
 * @param changed whether score, band or at risk changed
 * @param episode the episode that opened or closed at this instant; null if none did
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

  /** Returns the id of the episode that opened or closed; null if neither. */
  public String episodeId() {
    return episode == null ? null : EpisodeId.of(userId, episode.openedAt());
  }

  /** Whether the user has left the shop, so that the published score is to be removed. */
  public boolean removed() {
    return score == null;
  }
}
