package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.OutreachCounts.ControlDay;
import io.rekindle.scoring.experiment.AlwaysValid;
import io.rekindle.scoring.experiment.ArmComparison;
import io.rekindle.scoring.experiment.ArmTotals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What all of outreach brings: clients at risk whom it could reach, against those of the permanent
 * control group. Each client counts once, by the first decision that only the group could have
 * turned from an email. Before that decision outreach treated both groups alike.
 *
 * @param since the first UTC day of the period in which the clients' 14 days ended
 * @param share of all clients that is in the control group now, 0 to 1
 * @param outreach the clients who were to be emailed, or were held out by an experiment
 * @param control the clients of the control group
 * @param difference the rate of outreach less that of control; null without clients in both
 * @param adjustedDifference the difference less what the order probabilities at the decisions
 *     explain of it; null until ten clients of each group ordered and ten did not
 * @param adjustedLow lower end of its interval of 95 %, which holds however often it is read; null
 *     likewise
 * @param adjustedHigh upper end
 * @param revenueDifference the revenue per client of outreach less that of control; null without
 *     clients in both
 * @param revenueLow lower end of its interval
 * @param revenueHigh upper end
 */
public record ControlGroup(
    Instant asOf,
    LocalDate since,
    BigDecimal share,
    Group outreach,
    Group control,
    BigDecimal difference,
    BigDecimal adjustedDifference,
    BigDecimal adjustedLow,
    BigDecimal adjustedHigh,
    BigDecimal revenueDifference,
    BigDecimal revenueLow,
    BigDecimal revenueHigh) {

  private static final int RATE_DIGITS = 6;
  private static final int MONEY_DIGITS = 2;

  /**
   * One of both groups.
   *
   * @param clients whose 14 days ended in the period
   * @param reactivated those who ordered in their 14 days
   * @param rate reactivated / clients; null without clients
   * @param revenue of these orders, net of refunds, in the base currency of the policy in force
   * @param revenuePerClient those who bought nothing included; null without clients
   */
  public record Group(
      long clients,
      long reactivated,
      BigDecimal rate,
      BigDecimal revenue,
      BigDecimal revenuePerClient) {

    private static Group of(List<ControlDay> days) {
      long clients = days.stream().mapToLong(ControlDay::count).sum();
      long reactivated = days.stream().mapToLong(ControlDay::reactivated).sum();
      BigDecimal revenue =
          days.stream().map(ControlDay::revenue).reduce(BigDecimal.ZERO, BigDecimal::add);
      boolean any = clients > 0;
      return new Group(
          clients,
          reactivated,
          any ? rounded((double) reactivated / clients, RATE_DIGITS) : null,
          revenue,
          any
              ? revenue.divide(BigDecimal.valueOf(clients), MONEY_DIGITS, RoundingMode.HALF_EVEN)
              : null);
    }
  }

  static ControlGroup of(OutreachCounts counts, int days) {
    Period period = new Period(days, counts.asOf());
    List<ControlDay> ended =
        counts.control().stream().filter(day -> period.has(day.end())).toList();
    List<ControlDay> ofOutreach = ended.stream().filter(day -> !day.control()).toList();
    List<ControlDay> ofControl = ended.stream().filter(ControlDay::control).toList();
    ArmTotals reached = totals(ofOutreach);
    ArmTotals left = totals(ofControl);
    boolean both = reached.users() > 0 && left.users() > 0;
    double difference = both ? reached.rate() - left.rate() : 0;
    double revenueDifference =
        both ? reached.revenue() / reached.users() - left.revenue() / left.users() : 0;
    Optional<ArmComparison> compared = ArmComparison.of(reached, left, AlwaysValid.ALPHA);
    return new ControlGroup(
        counts.asOf(),
        period.since(),
        counts.controlShare(),
        Group.of(ofOutreach),
        Group.of(ofControl),
        both ? rounded(difference, RATE_DIGITS) : null,
        compared.map(c -> rounded(c.uplift(), RATE_DIGITS)).orElse(null),
        compared.map(c -> rounded(c.uplift() - c.margin(), RATE_DIGITS)).orElse(null),
        compared.map(c -> rounded(c.uplift() + c.margin(), RATE_DIGITS)).orElse(null),
        both ? rounded(revenueDifference, MONEY_DIGITS) : null,
        compared
            .map(c -> rounded(c.revenueDifference() - c.revenueMargin(), MONEY_DIGITS))
            .orElse(null),
        compared
            .map(c -> rounded(c.revenueDifference() + c.revenueMargin(), MONEY_DIGITS))
            .orElse(null));
  }

  /** Whether there is a group, or was one in the period. */
  public boolean measured() {
    return share.signum() > 0 || control.clients() > 0;
  }

  private static ArmTotals totals(List<ControlDay> days) {
    ArmTotals sum = ArmTotals.NONE;
    for (ControlDay day : days) {
      sum = sum.plus(day.totals());
    }
    return sum;
  }

  private static BigDecimal rounded(double value, int digits) {
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_EVEN);
  }
}
