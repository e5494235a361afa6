package io.rekindle.job.engagement;

import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * A walk over all users of a subtask, by key group, which can stop after each user.
 *
 * <p>{@link StateCounts} remembers the key groups behind it. A restore walks over the others again,
 * where the users that are evaluated have nothing due.
 */
final class UserSweep implements AutoCloseable {

  private static final String ROCKSDB = "rocksdb";

  private final StateCounts counts;
  private final long until;
  private final int maxParallelism;
  private final Stream<String> users;
  private final Iterator<String> iterator;
  private int keyGroup;

  /**
   * @param until the policy switch that the users are evaluated for
   */
  UserSweep(
      KeyedStateBackend<String> keys,
      String stateName,
      StateCounts counts,
      int maxParallelism,
      long until) {
    this.counts = counts;
    this.until = until;
    this.maxParallelism = maxParallelism;
    this.keyGroup = counts.firstKeyGroup();
    Stream<String> all = keys.getKeys(stateName, VoidNamespace.INSTANCE);
    if (ROCKSDB.equals(keys.getBackendTypeIdentifier())) {
      // RocksDB reads from a snapshot of the keys.
      users = all;
    } else {
      // The heap's keys cannot be read while users change. A copy has eight bytes a user.
      try (all) {
        users = all.collect(Collectors.toList()).stream();
      }
    }
    iterator = users.iterator();
  }

  /** Whether a user is left. If not, the sweep is noted as complete. */
  boolean hasNext() {
    if (iterator.hasNext()) {
      return true;
    }
    leaveUntil(counts.lastKeyGroup() + 1);
    return false;
  }

  /** Returns the next user; null if an earlier sweep has evaluated their key group. */
  String next() {
    String userId = iterator.next();
    int next = KeyGroupRangeAssignment.assignToKeyGroup(userId, maxParallelism);
    if (next < keyGroup) {
      throw new IllegalStateException("The state backend does not list keys by key group");
    }
    leaveUntil(next);
    return counts.sweptUntil(next) < until ? userId : null;
  }

  private void leaveUntil(int next) {
    for (; keyGroup < next; keyGroup++) {
      counts.swept(keyGroup, until);
    }
  }

  @Override
  public void close() {
    users.close();
  }
}
