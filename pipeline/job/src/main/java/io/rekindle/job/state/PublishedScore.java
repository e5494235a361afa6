package io.rekindle.job.state;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.policy.Band;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What was last published of a user, as far as a difference from it is worth a row of history.
 *
 * @param scored whether there was a score
 * @param score the score, an override's if there was one; 0 if there was none
 * @param overridden whether the score was an override's
 */
public record PublishedScore(
    boolean scored, double score, Band band, boolean atRisk, boolean overridden) {

  /** What is published of a score. */
  public static PublishedScore of(Score score, boolean overridden) {
    return new PublishedScore(
        score.scored(), score.score(), score.band(), score.atRisk(), overridden);
  }

  /** The score as {@link Score#scoreDecimal} shows it; null if none. */
  public BigDecimal scoreDecimal() {
    return scored ? decimal(score) : null;
  }

  static BigDecimal decimal(double score) {
    return score == Math.rint(score)
        ? BigDecimal.valueOf((long) score)
        : new BigDecimal(score).setScale(4, RoundingMode.HALF_EVEN);
  }

  public boolean differs(PublishedScore other) {
    return scored != other.scored
        || Double.compare(score, other.score) != 0
        || band != other.band
        || atRisk != other.atRisk;
  }
}
