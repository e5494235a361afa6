package io.rekindle.job.state;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.Band;
import java.math.BigDecimal;

/**
 * The part of a published score whose changes the history keeps.
 *
 * @param scored whether there was a score
 * @param score the score, which is an override's if there was one; 0 without a score
 * @param overridden whether the score was an override's
 */
public record PublishedScore(
    boolean scored, double score, Band band, boolean atRisk, boolean overridden) {

  /** Returns the published part of a score. */
  public static PublishedScore of(Score score, boolean overridden) {
    return new PublishedScore(
        score.scored(), score.score(), score.band(), score.atRisk(), overridden);
  }

  /** The score in the form of {@link Score#scoreDecimal}; null without a score. */
  public BigDecimal scoreDecimal() {
    return scored ? Score.decimal(score) : null;
  }

  public boolean differs(PublishedScore other) {
    return scored != other.scored
        || Double.compare(score, other.score) != 0
        || band != other.band
        || atRisk != other.atRisk;
  }
}
