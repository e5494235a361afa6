package io.rekindle.dashboard.experiments;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An experiment and the results of its arms, by intention to treat: each client counts in the arm
 * of the first decision, whether the email went out or not.
 *
 * @param asOf when this was counted, by the database's clock
 * @param endedAt null as long as it runs
 * @param holdoutShare the part of all clients that gets no email, 0 to 1
 * @param sampleRatioP chance of arms at least so far from their shares if assignment works; null
 *     while an arm expects fewer than 5
 * @param clientsPerDay clients whose first decision of the experiment was in the last 28 days, a
 *     day; null once it ended
 * @param answerAt when the groups are expected to have as many clients as a difference of five
 *     points takes; null if they have, if the experiment ended, or if that is not within 100 years
 * @param arms HOLDOUT first
 */
public record ExperimentResult(
    String experimentId,
    Instant asOf,
    Instant startedAt,
    Instant endedAt,
    BigDecimal holdoutShare,
    Double sampleRatioP,
    BigDecimal clientsPerDay,
    Instant answerAt,
    List<Arm> arms) {

  /**
   * How an arm did. The columns of engagement.arm_outcome, where they are defined.
   *
   * @param users clients whose 14 days are over; all that follows is about them
   * @param rate reactivated / users, 0 to 1; null without users
   * @param uplift rate less the HOLDOUT's: 0.05 is five percentage points once there is an
   *     interval, adjusted by the order probabilities at the decisions
   * @param upliftLow lower end of its interval, which holds at every look; null while it is early
   * @param explained part of the variance that these probabilities explain, 0 to 1; null without an
   *     interval
   * @param moreUsersNeeded until a difference of five points would be seen; null if never
   * @param verdict null for HOLDOUT
   */
  public record Arm(
      String arm,
      BigDecimal configuredShare,
      long decided,
      long stillOpen,
      long users,
      long sent,
      long reactivated,
      BigDecimal rate,
      BigDecimal uplift,
      BigDecimal upliftLow,
      BigDecimal upliftHigh,
      BigDecimal explained,
      BigDecimal revenue,
      BigDecimal revenuePerUser,
      BigDecimal revenueDifference,
      BigDecimal revenueLow,
      BigDecimal revenueHigh,
      long unconvertedOrders,
      Long moreUsersNeeded,
      String verdict) {}

  /** The part that is held out; null without one. */
  public Arm holdout() {
    return arms.stream().filter(arm -> arm.arm().equals("HOLDOUT")).findFirst().orElse(null);
  }

  /** Whether an arm needs more clients for a difference of five points. */
  public boolean needsMore() {
    return arms.stream()
        .anyMatch(arm -> arm.moreUsersNeeded() != null && arm.moreUsersNeeded() > 0);
  }

  /**
   * When the arms are expected to have the clients that they need.
   *
   * @return null if they have them, or if that is not within 100 years
   */
  static Instant answerAt(Instant asOf, double clientsPerDay, List<Arm> arms) {
    double needed = 0;
    long decided = 0;
    for (Arm arm : arms) {
      decided += arm.decided();
      if (arm.moreUsersNeeded() != null && arm.moreUsersNeeded() > 0) {
        double users = arm.users() + (double) arm.moreUsersNeeded();
        needed = Math.max(needed, users / arm.configuredShare().doubleValue());
      }
    }
    if (needed == 0) {
      return null;
    }
    Duration left = ExperimentPlan.duration(clientsPerDay, Math.max(0, needed - decided));
    return left == null ? null : asOf.plus(left);
  }

  /** The arm, apart from the holdout, that most is known of; null if there is none. */
  public Arm main() {
    Arm main = null;
    for (Arm arm : arms) {
      if (!arm.arm().equals("HOLDOUT") && (main == null || arm.users() > main.users())) {
        main = arm;
      }
    }
    return main;
  }
}
