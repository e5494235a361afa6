package io.rekindle.scoring.past;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;

/**
 * A row of the reconstructed history: the score from an instant on, and the score before. A
 * receiver must copy what it keeps, since {@link Reconstruction} uses the object again.
 */
public interface PastScore {

  /** The instant of the change, epoch milliseconds. */
  long asOf();

  /** Whether there is a score: a user without an effective order has none. */
  boolean scored();

  /** The score, or 0 if there is none. */
  double score();

  /** The points of a factor, or 0 without a score. */
  double points(Factor factor);

  /** The band. */
  Band band();

  /** The segment. */
  Segment segment();

  /** Whether the user is at risk. */
  boolean atRisk();

  /** The part of the row before; null for the user's first row. */
  Previous previous();

  /** Why the score changed. */
  PastCause cause();

  /** The id of the order that is the cause; null without one. */
  String causeId();

  /** The score in the form of outputs; null without a score. */
  default BigDecimal scoreDecimal() {
    return scored() ? Score.decimal(score()) : null;
  }

  /** The points of a factor in the form of outputs; null without a score. */
  default BigDecimal pointsDecimal(Factor factor) {
    return scored() ? Score.decimal(points(factor)) : null;
  }

  /** What held before a change. */
  interface Previous {

    /** Whether there was a score. */
    boolean scored();

    /** The score, or 0 if there was none. */
    double score();

    /** The band. */
    Band band();

    /** Whether the user was at risk. */
    boolean atRisk();

    /** The score in the form of outputs; null without a score. */
    default BigDecimal scoreDecimal() {
      return scored() ? Score.decimal(score()) : null;
    }
  }
}
