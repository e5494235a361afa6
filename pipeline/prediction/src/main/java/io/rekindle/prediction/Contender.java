package io.rekindle.prediction;

import io.rekindle.prediction.PolicyBacktest.Emails;
import io.rekindle.prediction.PolicyBacktest.Warning;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A policy in a backtest: its scores at all instants, client by client, and what follows from them
 * whatever its probabilities are. Mutable, for one thread.
 */
final class Contender {

  private static final long DAY = UserFacts.DAY;

  /** The plain rule takes a client for lost after so many days. */
  static final long PLAIN_RULE = 90 * DAY;

  private static final int THRESHOLDS = OutcomeCounts.SCORES + 1;
  private static final long NEVER = Long.MIN_VALUE;

  private final List<Long> instants;
  private final IntFunction<PolicyCurve> curves;
  private final OutreachAssumptions outreach;
  private final OutcomeCounts outcomes;

  // Of the present client's present gap. A threshold is the score below which a policy warns.
  private final long[] firstBelow = new long[THRESHOLDS];
  private int lowest;
  private long plainAt;
  private boolean atRisk;
  private long lastEmailAt;

  // By threshold the days from the policy's warning to that of the plain rule.
  private final double[] warningDays = new double[THRESHOLDS];
  private long gaps;
  private long plainFalseAlarms;
  private final long[] emails;
  private long emailsOfReturning;

  /**
   * @param curves the policy at each instant
   */
  private Contender(
      List<Long> instants, IntFunction<PolicyCurve> curves, OutreachAssumptions outreach) {
    this.instants = instants;
    this.curves = curves;
    this.outreach = outreach;
    outcomes = new OutcomeCounts(instants.size());
    emails = new long[instants.size()];
  }

  /** A policy that is the same at all instants. */
  static Contender always(List<Long> instants, ScoringPolicy policy, OutreachAssumptions outreach) {
    PolicyCurve curve = new PolicyCurve(policy);
    return new Contender(instants, instant -> curve, outreach);
  }

  /** A policy for each instant. */
  static Contender refitted(
      List<Long> instants, List<ScoringPolicy> policies, OutreachAssumptions outreach) {
    List<PolicyCurve> curves = policies.stream().map(PolicyCurve::new).toList();
    return new Contender(instants, curves::get, outreach);
  }

  OutcomeCounts outcomes() {
    return outcomes;
  }

  /** Begins another client. */
  void begin() {
    lastEmailAt = NEVER;
    beginGap();
  }

  private void beginGap() {
    lowest = THRESHOLDS - 1;
    plainAt = NEVER;
    atRisk = false;
  }

  /**
   * The client at an instant.
   *
   * @param ordered whether there is an order since the instant before
   */
  void add(int group, int instant, PastOrdersUntil orders, OpenGap gap, boolean ordered) {
    long now = instants.get(instant);
    if (ordered) {
      endGap();
      beginGap();
    }
    PolicyCurve curve = curves.apply(instant).at(orders, now);
    int score = curve.score();
    outcomes.add(group, instant, score, gap.returned());
    for (; lowest > score; lowest--) {
      firstBelow[lowest] = now;
    }
    if (now - gap.lastOrderAt() >= PLAIN_RULE) {
      plainFalseAlarms += gap.returned() ? 1 : 0;
      if (plainAt == NEVER && !gap.returned() && gap.lastOrderAt() >= instants.get(0)) {
        plainAt = now;
      }
    }
    boolean before = atRisk;
    atRisk = curve.atRisk();
    boolean cool = lastEmailAt == NEVER || now - lastEmailAt >= outreach.cooldownDays() * DAY;
    if (atRisk && !before && instant > 0 && cool) {
      emails[instant]++;
      emailsOfReturning += gap.returned() ? 1 : 0;
      lastEmailAt = now;
    }
  }

  /** Ends the present client. */
  void end() {
    endGap();
  }

  private void endGap() {
    if (plainAt == NEVER) {
      return;
    }
    gaps++;
    long last = instants.get(instants.size() - 1);
    for (int threshold = 0; threshold < THRESHOLDS; threshold++) {
      long warnedAt = threshold > lowest ? firstBelow[threshold] : last;
      warningDays[threshold] += (plainAt - warnedAt) / (double) DAY;
    }
  }

  /**
   * The gap of a client at an instant.
   *
   * @param returned whether it ends within the horizon
   */
  record OpenGap(long lastOrderAt, boolean returned) {}

  /** The warning at the highest score with at most as many false alarms as the plain rule. */
  Warning warning(long[] sums) {
    int threshold = 0;
    long falseAlarms = 0;
    while (threshold < OutcomeCounts.SCORES) {
      long more = 0;
      for (int instant = 0; instant < instants.size(); instant++) {
        more += sums[OutcomeCounts.place(instant, threshold, true)];
      }
      if (falseAlarms + more > plainFalseAlarms) {
        break;
      }
      falseAlarms += more;
      threshold++;
    }
    return new Warning(threshold, gaps == 0 ? null : warningDays[threshold] / gaps, gaps);
  }

  /** The emails by day. */
  Emails emails(int everyDays) {
    long all = 0;
    double sent = 0;
    for (int instant = 1; instant < emails.length; instant++) {
      all += emails[instant];
      double perDay = emails[instant] * (1 - outreach.holdoutShare()) / everyDays;
      sent += Math.min(perDay, outreach.dailyCap());
    }
    return new Emails(
        emails.length < 2 ? null : sent / (emails.length - 1),
        all == 0 ? null : (double) emailsOfReturning / all,
        all);
  }
}
