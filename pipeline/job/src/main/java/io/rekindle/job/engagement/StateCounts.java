package io.rekindle.job.engagement;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Counts the users and orders in the state of one subtask, per key group. The counts move with the
 * state when the parallelism changes, and a restore reads no user for them.
 */
final class StateCounts {

  private final KeyGroupRange keyGroups;
  private final long[] users;
  private final long[] orders;
  private final long[] unconverted;

  /**
   * @param stored the results of {@link #toStore} on all former subtasks
   */
  StateCounts(KeyGroupRange keyGroups, Iterable<long[]> stored) {
    this.keyGroups = keyGroups;
    this.users = new long[keyGroups.getNumberOfKeyGroups()];
    this.orders = new long[keyGroups.getNumberOfKeyGroups()];
    this.unconverted = new long[keyGroups.getNumberOfKeyGroups()];
    for (long[] entry : stored) {
      int keyGroup = (int) entry[0];
      if (keyGroups.contains(keyGroup)) {
        add(keyGroup, entry[1], entry[2], entry[3]);
      }
    }
  }

  void add(int keyGroup, long moreUsers, long moreOrders, long moreUnconverted) {
    int index = keyGroup - keyGroups.getStartKeyGroup();
    users[index] += moreUsers;
    orders[index] += moreOrders;
    unconverted[index] += moreUnconverted;
  }

  /** One entry per key group that is not empty: its number and the three counts. */
  List<long[]> toStore() {
    List<long[]> entries = new ArrayList<>();
    for (int i = 0; i < users.length; i++) {
      if (users[i] != 0 || orders[i] != 0 || unconverted[i] != 0) {
        entries.add(
            new long[] {keyGroups.getStartKeyGroup() + i, users[i], orders[i], unconverted[i]});
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

  private static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
