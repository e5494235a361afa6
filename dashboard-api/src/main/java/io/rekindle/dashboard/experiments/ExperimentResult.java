package io.rekindle.dashboard.experiments;

import java.math.BigDecimal;
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
 * @param arms HOLDOUT first
 */
public record ExperimentResult(
    String experimentId,
    Instant asOf,
    Instant startedAt,
    Instant endedAt,
    BigDecimal holdoutShare,
    Double sampleRatioP,
    List<Arm> arms) {

  /**
   * How an arm did. The columns of engagement.arm_outcome, where they are defined.
   *
   * @param users clients whose 14 days are over; all that follows is about them
   * @param rate reactivated / users, 0 to 1; null without users
   * @param uplift rate less the HOLDOUT's: 0.05 is five percentage points
   * @param upliftLow lower end of its 95 % interval
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
      BigDecimal revenue,
      BigDecimal revenuePerUser,
      BigDecimal revenueDifference,
      BigDecimal revenueLow,
      BigDecimal revenueHigh,
      long unconvertedOrders,
      Long moreUsersNeeded,
      String verdict) {}

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
