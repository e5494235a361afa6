package io.rekindle.job.engagement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Counts the users, orders and waiting changes in the state of one subtask, per key group, and
 * knows up to which policy switch all users are evaluated. The numbers move with the state when the
 * parallelism changes, and a restore reads no user for them.
 */
final class StateCounts {

  private static final long NEVER_SWEPT = Long.MIN_VALUE;

  private final KeyGroupRange keyGroups;
  private final int maxParallelism;
  private final long[] users;
  private final long[] orders;
  private final long[] unconverted;
  private final long[] waiting;
  private final long[] sweptUntil;
  private long allWaiting;

  /**
   * @param stored the results of {@link #toStore} on all former subtasks
   */
  StateCounts(KeyGroupRange keyGroups, int maxParallelism, Iterable<long[]> stored) {
    this.keyGroups = keyGroups;
    this.maxParallelism = maxParallelism;
    int size = keyGroups.getNumberOfKeyGroups();
    this.users = new long[size];
    this.orders = new long[size];
    this.unconverted = new long[size];
    this.waiting = new long[size];
    this.sweptUntil = new long[size];
    Arrays.fill(sweptUntil, NEVER_SWEPT);
    for (long[] entry : stored) {
      int keyGroup = (int) entry[0];
      if (keyGroups.contains(keyGroup)) {
        int index = index(keyGroup);
        users[index] = entry[1];
        orders[index] = entry[2];
        unconverted[index] = entry[3];
        waiting[index] = entry[4];
        sweptUntil[index] = entry[5];
      }
    }
    allWaiting = sum(waiting);
  }

  private int index(int keyGroup) {
    return keyGroup - keyGroups.getStartKeyGroup();
  }

  private int indexOf(String userId) {
    return index(KeyGroupRangeAssignment.assignToKeyGroup(userId, maxParallelism));
  }

  void add(String userId, long moreUsers, long moreOrders, long moreUnconverted) {
    int index = indexOf(userId);
    users[index] += moreUsers;
    orders[index] += moreOrders;
    unconverted[index] += moreUnconverted;
  }

  void addWaiting(String userId, long more) {
    waiting[indexOf(userId)] += more;
    allWaiting += more;
  }

  /** Notes that the users of a key group are evaluated for all policy switches until one. */
  void swept(int keyGroup, long until) {
    sweptUntil[index(keyGroup)] = Math.max(sweptUntil[index(keyGroup)], until);
  }

  /** The last policy switch for which the users of a key group are evaluated. */
  long sweptUntil(int keyGroup) {
    return sweptUntil[index(keyGroup)];
  }

  /** The last policy switch for which all users are evaluated. */
  long sweptUntil() {
    long least = Long.MAX_VALUE;
    for (long until : sweptUntil) {
      least = Math.min(least, until);
    }
    return least;
  }

  int firstKeyGroup() {
    return keyGroups.getStartKeyGroup();
  }

  int lastKeyGroup() {
    return keyGroups.getEndKeyGroup();
  }

  /** One entry per key group that is not empty: its number and what the constructor reads. */
  List<long[]> toStore() {
    List<long[]> entries = new ArrayList<>();
    for (int i = 0; i < users.length; i++) {
      if (users[i] != 0
          || orders[i] != 0
          || unconverted[i] != 0
          || waiting[i] != 0
          || sweptUntil[i] != NEVER_SWEPT) {
        entries.add(
            new long[] {
              keyGroups.getStartKeyGroup() + i,
              users[i],
              orders[i],
              unconverted[i],
              waiting[i],
              sweptUntil[i]
            });
      }
    }
    return entries;
  }

  // Another thread reads the gauges, and may see slightly older counts.

  long users() {
    return sum(users);
  }

  long orders() {
    return sum(orders);
  }

  long unconverted() {
    return sum(unconverted);
  }

  /** The changes that wait in keyed state. */
  long waiting() {
    return allWaiting;
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
