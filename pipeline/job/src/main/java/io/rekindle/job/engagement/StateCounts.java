package io.rekindle.job.engagement;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * How many users and orders the state of one subtask holds, counted per key group, so that the
 * counts move with the state when the parallelism changes and nothing has to be read to restore
 * them.
 */
final class StateCounts {

  private final KeyGroupRange keyGroups;
  private final long[] users;
  private final long[] orders;
  private final long[] unconverted;

  /**
   * @param stored what {@link #toStore} gave on all subtasks before
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

  /** One entry per key group that holds anything: its number and the three counts. */
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

  // Gauges are read by another thread; a count that is a moment old is as good.

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
