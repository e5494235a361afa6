package io.rekindle.scoring.contact;

import io.rekindle.platform.text.Digest;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The arm of a user in an experiment. It is a pure function of user id and experiment id, so that
 * it is the same without memory. Different experiments divide the users differently.
 */
public final class Assignment {

  private static final double HALF_RANGE = 0x1p63;
  private static final double MILLION = 1e6;

  /**
   * Begins the material of the hash of the control group. No experiment has a zero byte in its
   * name, so no experiment divides the users in the same way.
   */
  private static final String CONTROL = "control\0";

  private Assignment() {}

  /**
   * An arm with an email.
   *
   * @param weight share among the arms, 0 or more, in any unit
   */
  public record Arm(String name, long weight) {}

  /**
   * Returns the name of the user's arm.
   *
   * @param holdoutPpm share of the users without an email, in millionths
   * @param arms at least one with a weight above 0
   * @return null for a user who is held out
   */
  public static String arm(String userId, String experimentId, int holdoutPpm, List<Arm> arms) {
    double place = place(userId, experimentId);
    double holdout = holdoutPpm / MILLION;
    if (place < holdout) {
      return null;
    }
    double among = (place - holdout) / (1 - holdout);
    double total = arms.stream().mapToDouble(Arm::weight).sum();
    double upTo = 0;
    String last = null;
    for (Arm arm : arms) {
      if (arm.weight() > 0) {
        last = arm.name();
        upTo += arm.weight() / total;
        if (among < upTo) {
          return last;
        }
      }
    }
    // Sums of fractions may end a little below one.
    return last;
  }

  /**
   * Whether a user belongs to the permanent control group. Experiments do not change it. A larger
   * share keeps everybody who is in it, and its arms say nothing about who is. The SQL function
   * {@code engagement.in_control_group} agrees.
   *
   * @param salt chooses the users
   * @param controlPpm share of the users in the group, in millionths
   */
  static boolean isControl(String userId, String salt, int controlPpm) {
    return controlPpm > 0 && place(userId, CONTROL + salt) < controlPpm / MILLION;
  }

  /** Returns a number from 0 to below 1, spread evenly over the users. */
  static double place(String userId, String experimentId) {
    byte[] digest = Digest.of(experimentId + "\0" + userId);
    // A double has 53 bits, so the upper ones count.
    return (ByteBuffer.wrap(digest).getLong() >>> 11 << 10) / HALF_RANGE;
  }
}
