package io.rekindle.scoring.contact;

import java.time.Duration;
import java.time.Instant;

/**
 * The rule whether the shop may write to a person. The job, the sender and the dashboard apply it.
 * Queries use its form in SQL: {@code engagement.contact_obstacle} for the person and the expiry,
 * {@code engagement.contact_timing_obstacle} for staleness and cooldown, and {@code
 * engagement.in_control_group} for the permanent control group. The table {@code contact-cases.csv}
 * in the tests holds all of them to one answer. A day has 24 hours here.
 */
public final class ContactRule {

  private ContactRule() {}

  /**
   * Returns the obstacle in the person. Of several, it is the one that lasts longest.
   *
   * @param recipient null if the shop has no such user
   * @return null without an obstacle
   */
  public static Obstacle obstacle(Recipient recipient) {
    if (recipient == null) {
      return Obstacle.USER_REMOVED;
    }
    if (!recipient.consents()) {
      return Obstacle.NO_CONSENT;
    }
    if (recipient.isSuppressed()) {
      return Obstacle.SUPPRESSED;
    }
    return recipient.hasAddress() ? null : Obstacle.NO_ADDRESS;
  }

  /** Whether a risk began more than that many days ago, which is too long for an email. */
  public static boolean isStale(Instant openedAt, int staleDays, Instant at) {
    return openedAt.isBefore(at.minus(Duration.ofDays(staleDays)));
  }

  /**
   * Whether the last contact was less than that many days ago.
   *
   * @param lastContactAt null without a contact
   */
  public static boolean isInCooldown(Instant lastContactAt, int cooldownDays, Instant at) {
    return lastContactAt != null && lastContactAt.isAfter(at.minus(Duration.ofDays(cooldownDays)));
  }

  /**
   * Whether a user belongs to the permanent control group, which outreach never writes to. The job
   * asks this after all else, so that the users whom it leaves out for this reason compare with
   * those whom it writes to.
   *
   * @param salt chooses the users
   * @param controlPpm share of all users in the group, in millionths
   */
  public static boolean isControl(String userId, String salt, int controlPpm) {
    return Assignment.isControl(userId, salt, controlPpm);
  }

  /** Whether an email is too old to be sent: the decision has reached that age. */
  public static boolean isExpired(Instant decidedAt, Duration expiry, Instant at) {
    return !at.isBefore(decidedAt.plus(expiry));
  }
}
