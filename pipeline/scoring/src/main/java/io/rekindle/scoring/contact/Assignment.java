package io.rekindle.scoring.contact;

import io.rekindle.platform.text.Digest;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The arm of an experiment that a user is in. It is a pure function of the two names, so that it
 * needs no memory to come out the same again. No two experiments divide the users alike.
 */
public final class Assignment {

  private static final double HALF_RANGE = 0x1p63;
  private static final double MILLION = 1e6;

  private Assignment() {}

  /**
   * An arm with an email.
   *
   * @param weight share among the arms, 0 or more, in any unit
   */
  public record Arm(String name, long weight) {}

  /**
   * The name of the user's arm.
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

  /** Evenly spread over users, from 0 to below 1. */
  static double place(String userId, String experimentId) {
    byte[] digest = Digest.of(experimentId + "\0" + userId);
    // The upper 53 bits: as many as a double can tell apart.
    return (ByteBuffer.wrap(digest).getLong() >>> 11 << 10) / HALF_RANGE;
  }
}
