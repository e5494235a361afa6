package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * Changes that wait for the watermark, by user.
 *
 * <p>They wait in memory: the usual change waits for a fraction of a second, and costs neither a
 * timer nor an access to state. A checkpoint moves them to keyed state, and so does their number
 * when time stands still for long: with RocksDB the memory that they take is bounded.
 */
final class PendingChanges {

  /** From this many on they are moved to keyed state: some 50 MB. */
  private static final int MAX_IN_MEMORY = 200_000;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final KeyedStateBackend<String> keys;
  private final ListState<Change> stored;
  private final Comparator<Change> order;
  private final Map<String, UserBuffer> buffers = new HashMap<>();
  private final List<Change> passed = new ArrayList<>();
  private int inMemory;

  /** What waits for one user. */
  private static final class UserBuffer {

    final List<Change> inMemory = new ArrayList<>(2);
    boolean someStored;

    /** No change here was committed before this. */
    long earliest = Long.MAX_VALUE;

    /** No change in memory was committed after this. */
    long latest = Long.MIN_VALUE;
  }

  /** Is given what the watermark has passed, for one user at a time, whose key is current. */
  interface Receiver {

    /** Takes changes that are in order, and the list of them valid during the call. */
    void receive(String userId, List<Change> changes) throws Exception;
  }

  /**
   * @param stored where they are kept in a checkpoint; what is there from the last one waits on
   * @param order in which a user's changes are given out
   */
  PendingChanges(
      KeyedStateBackend<String> keys,
      String stateName,
      ListState<Change> stored,
      Comparator<Change> order) {
    this.keys = keys;
    this.stored = stored;
    this.order = order;
    try (Stream<String> users = keys.getKeys(stateName, VoidNamespace.INSTANCE)) {
      users.forEach(
          userId -> {
            UserBuffer buffer = new UserBuffer();
            buffer.someStored = true;
            buffer.earliest = UNKNOWN;
            buffers.put(userId, buffer);
          });
    }
  }

  void add(Change change) throws Exception {
    UserBuffer buffer = buffers.computeIfAbsent(change.userId(), userId -> new UserBuffer());
    buffer.inMemory.add(change);
    buffer.earliest = Math.min(buffer.earliest, change.commitTime());
    buffer.latest = Math.max(buffer.latest, change.commitTime());
    if (++inMemory >= MAX_IN_MEMORY) {
      store();
    }
  }

  /** Gives out what was committed at the watermark or before. */
  void releaseUntil(long watermark, Receiver receiver) throws Exception {
    Iterator<Map.Entry<String, UserBuffer>> users = buffers.entrySet().iterator();
    while (users.hasNext()) {
      Map.Entry<String, UserBuffer> user = users.next();
      UserBuffer buffer = user.getValue();
      if (buffer.earliest > watermark) {
        continue;
      }
      keys.setCurrentKey(user.getKey());
      List<Change> changes;
      if (buffer.latest <= watermark && !buffer.someStored) {
        changes = buffer.inMemory;
        inMemory -= changes.size();
        users.remove();
      } else {
        changes = passed;
        movePassed(buffer, watermark);
        if (buffer.inMemory.isEmpty()) {
          users.remove();
        }
      }
      if (changes.size() > 1) {
        changes.sort(order);
      }
      if (!changes.isEmpty()) {
        receiver.receive(user.getKey(), changes);
      }
    }
  }

  private void movePassed(UserBuffer buffer, long watermark) throws Exception {
    if (buffer.someStored) {
      for (Change change : stored.get()) {
        buffer.inMemory.add(change);
        inMemory++;
      }
      stored.clear();
      buffer.someStored = false;
    }
    passed.clear();
    buffer.earliest = Long.MAX_VALUE;
    buffer.latest = Long.MIN_VALUE;
    int kept = 0;
    for (Change change : buffer.inMemory) {
      if (change.commitTime() <= watermark) {
        passed.add(change);
      } else {
        buffer.inMemory.set(kept++, change);
        buffer.earliest = Math.min(buffer.earliest, change.commitTime());
        buffer.latest = Math.max(buffer.latest, change.commitTime());
      }
    }
    buffer.inMemory.subList(kept, buffer.inMemory.size()).clear();
    inMemory -= passed.size();
  }

  /** Moves all to keyed state, for a checkpoint or out of memory's way. Changes the current key. */
  void store() throws Exception {
    for (Map.Entry<String, UserBuffer> user : buffers.entrySet()) {
      UserBuffer buffer = user.getValue();
      if (!buffer.inMemory.isEmpty()) {
        keys.setCurrentKey(user.getKey());
        stored.addAll(buffer.inMemory);
        buffer.inMemory.clear();
        buffer.someStored = true;
      }
    }
    inMemory = 0;
  }
}
