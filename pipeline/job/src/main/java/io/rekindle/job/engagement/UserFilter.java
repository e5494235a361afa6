package io.rekindle.job.engagement;

import java.util.BitSet;

/**
 * A set of users in 128 KiB at most. It tells of some other users, too, that they are in it: those
 * whose hash code has the same last bits.
 */
final class UserFilter {

  private static final int BITS = 1 << 20;

  private BitSet bits = new BitSet();

  void add(String userId) {
    bits.set(bit(userId));
  }

  /** Whether a user may be in the set. If not, the user is not in it. */
  boolean mayHave(String userId) {
    return bits.get(bit(userId));
  }

  void clear() {
    if (!bits.isEmpty()) {
      bits = new BitSet();
    }
  }

  private static int bit(String userId) {
    int hash = userId.hashCode();
    return (hash ^ hash >>> 16) & (BITS - 1);
  }
}
