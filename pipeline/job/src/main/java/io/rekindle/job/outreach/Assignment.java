package io.rekindle.job.outreach;

import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.platform.text.Digest;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Which arm of an experiment a user is in: a function of the two names, so that it needs no memory
 * to come out the same again, and no two experiments divide the users alike.
 */
final class Assignment {

  private static final double HALF_RANGE = 0x1p63;
  private static final double MILLION = 1e6;

  private Assignment() {}

  /**
   * The arm's name: {@link OutreachRules#HOLDOUT} for the share of users that the rules hold out,
   * else one of the variants, by their weights.
   */
  static String arm(String userId, OutreachRules rules) {
    double place = place(userId, rules.experimentId());
    double holdout = rules.holdoutPpm() / MILLION;
    if (place < holdout) {
      return OutreachRules.HOLDOUT;
    }
    double among = (place - holdout) / (1 - holdout);
    List<OutreachVariant> variants = rules.variants();
    double total = variants.stream().mapToDouble(OutreachVariant::weight).sum();
    double upTo = 0;
    OutreachVariant last = null;
    for (OutreachVariant variant : variants) {
      if (variant.weight() > 0) {
        last = variant;
        upTo += variant.weight() / total;
        if (among < upTo) {
          return variant.name();
        }
      }
    }
    // Sums of fractions may end a little below one.
    return last.name();
  }

  /** Evenly spread over users, from 0 to below 1. */
  static double place(String userId, String experimentId) {
    byte[] digest = Digest.of(experimentId + "\0" + userId);
    // The upper 53 bits: as many as a double can tell apart.
    return (ByteBuffer.wrap(digest).getLong() >>> 11 << 10) / HALF_RANGE;
  }
}
