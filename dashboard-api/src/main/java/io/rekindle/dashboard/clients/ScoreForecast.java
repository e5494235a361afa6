package io.rekindle.dashboard.clients;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * A client's score now, and its coming changes if there is no further order. The scoring library
 * computes both from the client's orders and the policy in force.
 *
 * @param score as of now
 * @param steps the coming changes that show, the next first; at most a few
 */
public record ScoreForecast(Score score, List<Step> steps) {

  private static final int MAX_STEPS = 6;

  private static final String ORDERS =
      """
      select placed_at, currency,
             case when status = 'PLACED' then (amount - refunded_amount) * 100 else 0 end as net
      from shop.orders where user_id = :userId order by placed_at desc limit 1000
      """;

  /** The score from an instant on, if there is no order until then. */
  public record Step(
      Instant at, BigDecimal score, BigDecimal change, String band, boolean atRisk) {}

  static ScoreForecast of(
      Handle handle, ScoringPolicy policy, String userId, Instant now, Instant lastContact) {
    OrderHistory orders = orders(handle, userId);
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
    return new ScoreForecast(current, List.copyOf(steps));
  }

  /** How many usual gaps the silence is long; null if there is none to compare with. */
  public Double gaps() {
    return score.usualGap() <= 0 || score.lastOrderAt() == Score.NEVER
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

  private static OrderHistory orders(Handle handle, String userId) {
    List<OrderRow> newestFirst =
        handle.createQuery(ORDERS).bind("userId", userId).mapTo(OrderRow.class).list();
    OrderTable orders = new OrderTable();
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      OrderRow row = newestFirst.get(i);
      orders.add(
          row.placedAt().toEpochMilli(),
          row.net().setScale(0, RoundingMode.HALF_EVEN).longValueExact(),
          CurrencyCodes.pack(row.currency()));
    }
    return orders;
  }

  /**
   * An order.
   *
   * @param net in minor units, less refunds; 0 if it is cancelled
   */
  private record OrderRow(Instant placedAt, String currency, BigDecimal net) {}
}
