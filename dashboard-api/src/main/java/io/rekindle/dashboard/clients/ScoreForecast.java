package io.rekindle.dashboard.clients;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's score now, and its coming changes if there is no further order. The scoring library
 * computes both from the client's orders and the policy in force.
 *
 * @param score as of now
 * @param scoreAtLastOrder the score at the newest order; null without a score
 * @param steps the coming changes that show, the next first; at most a few
 */
public record ScoreForecast(Score score, BigDecimal scoreAtLastOrder, List<Step> steps) {

  private static final int MAX_STEPS = 6;

  /** The score from an instant on, if there is no order until then. */
  public record Step(
      Instant at, BigDecimal score, BigDecimal change, String band, boolean atRisk) {}

  static ScoreForecast of(
      OrderHistory orders, ScoringPolicy policy, Instant now, Instant lastContact) {
    Scorer scorer = new Scorer(policy);
    long contact = lastContact == null ? Score.NEVER : lastContact.toEpochMilli();
    Score current = scorer.score(orders, now.toEpochMilli(), contact);
    List<Step> steps = new ArrayList<>();
    Score last = current;
    while (steps.size() < MAX_STEPS && last.scored() && last.nextReview() != Score.NEVER) {
      Score next = scorer.score(orders, last.nextReview(), contact);
      BigDecimal score = next.scoreDecimal();
      BigDecimal change = score == null ? null : score.subtract(last.scoreDecimal());
      boolean shows =
          change == null
              || change.signum() != 0
              || next.band() != last.band()
              || next.atRisk() != last.atRisk();
      if (shows) {
        steps.add(
            new Step(
                Instant.ofEpochMilli(next.asOf()),
                score,
                change,
                next.band().name(),
                next.atRisk()));
      }
      last = next;
    }
    BigDecimal atLastOrder =
        current.scored() && current.lastOrderAt() != Score.NEVER
            ? scorer.score(orders, current.lastOrderAt(), contact).scoreDecimal()
            : null;
    return new ScoreForecast(current, atLastOrder, List.copyOf(steps));
  }

  /** Whether the client has ordered on so many days that the usual gap is the client's own. */
  public boolean hasRhythm() {
    return score.orderDaysEver() > 1 && score.usualGap() > 0;
  }

  /**
   * By how much the score has fallen since the last order; null if it has not, or there is none.
   */
  public BigDecimal fell() {
    if (scoreAtLastOrder == null || !score.scored()) {
      return null;
    }
    BigDecimal fell = scoreAtLastOrder.subtract(score.scoreDecimal());
    return fell.signum() > 0 ? fell : null;
  }

  /** How many usual gaps the silence is long; null if there is none to compare with. */
  public Double gaps() {
    return !hasRhythm() || score.lastOrderAt() == Score.NEVER
        ? null
        : (double) (score.asOf() - score.lastOrderAt()) / score.usualGap();
  }

  /** How much longer than usual the silence is; null if it is not. */
  public Duration overdue() {
    if (gaps() == null || gaps() <= 1) {
      return null;
    }
    return Duration.ofMillis(score.asOf() - score.lastOrderAt() - score.usualGap());
  }

  /** Spent in the policy's window, in its currency. */
  public BigDecimal spend() {
    return BigDecimal.valueOf(score.spendMinor(), 2);
  }
}
