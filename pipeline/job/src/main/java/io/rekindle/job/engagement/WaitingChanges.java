package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.UserChanged;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalListState;

/**
 * Changes that wait for the watermark, by user and instant.
 *
 * <p>They wait in memory. A change usually waits for a fraction of a second, without a timer or an
 * access to state. Above a number of bytes, and at a checkpoint, they wait in keyed state. A timer
 * at their instant then finds them, so a restore reads no change that is not due.
 */
final class WaitingChanges {

  /** The estimated bytes of changes in the memory of a subtask. */
  static final long MAX_BYTES = 32L << 20;

  /** The estimated bytes of a change without its texts, with its place in the maps. */
  private static final long BYTES_PER_CHANGE = 250;

  private final KeyedStateBackend<String> keys;
  private final InternalListState<String, Long, Change> stored;
  private final Alarm alarm;
  private final StateCounts counts;
  private final long maxBytes;
  private final Map<String, Buffer> buffers = new HashMap<>();

  /** An entry for the earliest instant of each buffer, and outdated entries. */
  private final PriorityQueue<Entry> byTime = new PriorityQueue<>();

  /** The users with changes in keyed state. It is emptied when no change is left there. */
  private final UserFilter storedUsers = new UserFilter();

  private long bytes;

  /** Sets a timer of the current key, which leads to {@link #takeStored}. */
  interface Alarm {

    void setAt(long instant);
  }

  /** The changes of one user in memory. */
  private static final class Buffer {

    final String userId;
    final List<WaitingChange> changes = new ArrayList<>(2);
    long earliest = Long.MAX_VALUE;

    Buffer(String userId) {
      this.userId = userId;
    }
  }

  private record Entry(long instant, Buffer buffer) implements Comparable<Entry> {

    @Override
    public int compareTo(Entry other) {
      return Long.compare(instant, other.instant);
    }

    boolean outdated() {
      return instant != buffer.earliest;
    }
  }

  /**
   * @param stored the changes in keyed state, in the namespace of their instant
   * @param counts counts the stored changes
   */
  WaitingChanges(
      KeyedStateBackend<String> keys,
      InternalListState<String, Long, Change> stored,
      Alarm alarm,
      StateCounts counts,
      long maxBytes) {
    this.keys = keys;
    this.stored = stored;
    this.alarm = alarm;
    this.counts = counts;
    this.maxBytes = maxBytes;
  }

  /**
   * Takes note of the users with changes in keyed state. It reads keys, and no change.
   *
   * @param state the name of the state
   */
  void restore(String state) {
    if (counts.waiting() > 0) {
      try (Stream<Tuple2<String, Long>> entries = keys.getKeysAndNamespaces(state)) {
        entries.forEach(entry -> storedUsers.add(entry.f0));
      }
    }
  }

  /** Adds a change of the current key. */
  void add(long instant, Change change) throws Exception {
    long size = size(change);
    if (bytes + size > maxBytes) {
      store(change.userId(), instant, change);
      return;
    }
    bytes += size;
    Buffer buffer = buffers.computeIfAbsent(change.userId(), Buffer::new);
    buffer.changes.add(new WaitingChange(instant, change));
    if (instant < buffer.earliest) {
      buffer.earliest = instant;
      byTime.add(new Entry(instant, buffer));
    }
  }

  private void store(String userId, long instant, Change change) throws Exception {
    storedUsers.add(userId);
    stored.setCurrentNamespace(instant);
    stored.add(change);
    alarm.setAt(instant);
    counts.addWaiting(userId, 1);
  }

  /** Moves all changes to keyed state. Changes the current key. */
  void storeAll() throws Exception {
    for (Buffer buffer : buffers.values()) {
      keys.setCurrentKey(buffer.userId);
      for (WaitingChange waiting : buffer.changes) {
        store(buffer.userId, waiting.instant(), waiting.change());
      }
    }
    buffers.clear();
    byTime.clear();
    bytes = 0;
  }

  /** Whether a user may have waiting changes. If not, there are none. */
  boolean mayHave(String userId) {
    return buffers.containsKey(userId) || storedUsers.mayHave(userId);
  }

  /** The earliest instant of a change in memory; {@code Long.MAX_VALUE} without any. */
  long earliestInMemory() {
    while (!byTime.isEmpty() && byTime.peek().outdated()) {
      byTime.poll();
    }
    return byTime.isEmpty() ? Long.MAX_VALUE : byTime.peek().instant();
  }

  /** The user of {@link #earliestInMemory}. */
  String earliestUser() {
    return byTime.peek().buffer().userId;
  }

  /** Takes a user's changes in memory until an instant. */
  void takeFromMemory(String userId, long until, List<WaitingChange> into) {
    Buffer buffer = buffers.get(userId);
    if (buffer == null || buffer.earliest > until) {
      return;
    }
    long earliest = Long.MAX_VALUE;
    for (WaitingChange waiting : buffer.changes) {
      if (waiting.instant() > until) {
        earliest = Math.min(earliest, waiting.instant());
      } else {
        into.add(waiting);
        bytes -= size(waiting.change());
      }
    }
    buffer.earliest = earliest;
    if (earliest == Long.MAX_VALUE) {
      buffers.remove(userId);
    } else {
      buffer.changes.removeIf(waiting -> waiting.instant() <= until);
      byTime.add(new Entry(earliest, buffer));
    }
  }

  /** Takes the stored changes of the current key and an instant. */
  void takeStored(String userId, long instant, List<WaitingChange> into) throws Exception {
    stored.setCurrentNamespace(instant);
    Iterable<Change> changes = stored.get();
    if (changes == null) {
      return;
    }
    int before = into.size();
    for (Change change : changes) {
      into.add(new WaitingChange(instant, change));
    }
    stored.clear();
    counts.addWaiting(userId, before - into.size());
    if (counts.waiting() == 0) {
      storedUsers.clear();
    }
  }

  /** The estimated bytes in memory. */
  long bytes() {
    return bytes;
  }

  private static long size(Change change) {
    long size = BYTES_PER_CHANGE + change.userId().length();
    if (change instanceof OrderChanged order) {
      size += order.orderId().length();
    } else if (change instanceof UserChanged user) {
      size += BYTES_PER_CHANGE + length(user.email()) + length(user.name());
      if (user.preferredCategories() != null) {
        for (String category : user.preferredCategories()) {
          size += 50L + category.length();
        }
      }
    }
    return size;
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }
}
