package io.rekindle.dashboard.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the emails brought in beyond what would have come without them. Each experiment compares the
 * revenue of its decisions to email with that of its holdout, within 14 days of each decision. The
 * sum over the experiments is won back. It may be negative, as long as chance hides the effect.
 *
 * @param decisions decisions to email whose 14 days ended in the period
 * @param measured those of them in an experiment with at least two of each kind
 * @param emailed emails that went out for the measured decisions
 * @param amount in the base currency of the policy in force; null if nothing could be measured
 * @param low lower end of the 95 % interval of amount, by the normal distribution
 * @param high upper end
 * @param costs of the emails of the measured decisions, as the amount
 */
public record WonBack(
    long decisions,
    long measured,
    long emailed,
    Double amount,
    Double low,
    Double high,
    Costs costs) {

  /** Of the normal distribution: 95 % lie within as many standard deviations. */
  private static final double Z95 = 1.959963984540054;

  /** The sums of one group of decisions. */
  private static final class Group {
    private long decisions;
    private long emailed;
    private double revenue;
    private double squares;
    private BigDecimal modelsUsd = BigDecimal.ZERO;

    private void add(OutcomeDay day) {
      decisions += day.count();
      emailed += day.emailed();
      revenue += day.revenue().doubleValue();
      squares += day.revenueSquares();
      modelsUsd = day.costUsd() == null ? modelsUsd : modelsUsd.add(day.costUsd());
    }

    private double mean() {
      return revenue / decisions;
    }

    /** The variance of the mean. */
    private double variance() {
      double spread = Math.max(0, squares - revenue * revenue / decisions) / (decisions - 1);
      return spread / decisions;
    }
  }

  /** The two groups of an experiment. */
  private static final class Groups {
    private final Group emailed = new Group();
    private final Group heldOut = new Group();
  }

  /**
   * @param messageUsd the cost of one email that is sent, in US dollars
   */
  static WonBack of(List<OutcomeDay> ended, BigDecimal messageUsd) {
    Map<String, Groups> experiments = new HashMap<>();
    long decisions = 0;
    for (OutcomeDay day : ended) {
      Groups groups = experiments.computeIfAbsent(day.experimentId(), id -> new Groups());
      boolean email = day.decision().equals("EMAIL");
      (email ? groups.emailed : groups.heldOut).add(day);
      decisions += email ? day.count() : 0;
    }
    long measured = 0;
    long emailed = 0;
    BigDecimal models = BigDecimal.ZERO;
    double amount = 0;
    double variance = 0;
    for (Groups groups : experiments.values()) {
      if (groups.emailed.decisions >= 2 && groups.heldOut.decisions >= 2) {
        double size = groups.emailed.decisions;
        measured += groups.emailed.decisions;
        emailed += groups.emailed.emailed;
        models = models.add(groups.emailed.modelsUsd);
        amount += size * (groups.emailed.mean() - groups.heldOut.mean());
        variance += size * size * (groups.emailed.variance() + groups.heldOut.variance());
      }
    }
    Costs costs = Costs.of(models, emailed, messageUsd);
    double reach = Z95 * Math.sqrt(variance);
    return measured == 0
        ? new WonBack(decisions, 0, 0, null, null, null, costs)
        : new WonBack(
            decisions,
            measured,
            emailed,
            hundredths(amount),
            hundredths(amount - reach),
            hundredths(amount + reach),
            costs);
  }

  /** Won back for each email that went out; null if nothing was measured or sent. */
  @JsonProperty
  public Double perEmail() {
    return amount == null || emailed == 0 ? null : hundredths(amount / emailed);
  }

  private static double hundredths(double amount) {
    return BigDecimal.valueOf(amount).setScale(2, RoundingMode.HALF_EVEN).doubleValue();
  }
}
