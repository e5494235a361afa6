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
 * <p>They wait in memory. A change usually waits for a fraction of a second, without a timer or an
 * access to state. A checkpoint moves them to keyed state. A large number of them moves, too, which
 * bounds the memory with RocksDB.
 */
final class PendingChanges {

  /** The number at which they move to keyed state, about 50 MB. */
  private static final int MAX_IN_MEMORY = 200_000;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final KeyedStateBackend<String> keys;
  private final ListState<Change> stored;
  private final Comparator<Change> order;
  private final Map<String, UserBuffer> buffers = new HashMap<>();
  private final List<Change> passed = new ArrayList<>();
  private int inMemory;

  /** The waiting changes of one user. */
  private static final class UserBuffer {

    final List<Change> inMemory = new ArrayList<>(2);
    boolean someStored;

    /** The earliest commit of these changes, or earlier. */
    long earliest = Long.MAX_VALUE;

    /** The latest commit of the changes in memory. */
    long latest = Long.MIN_VALUE;
  }

  /** Receives the changes that the watermark has passed, user by user. The key is current. */
  interface Receiver {

    /** Takes sorted changes. The list is valid during the call. */
    void receive(String userId, List<Change> changes) throws Exception;
  }

  /**
   * @param stored the state with the changes of the last checkpoint, which wait on
   * @param order the order of a user's changes
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

  /** Passes on the changes that were committed at the watermark or before. */
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

  /** Moves all changes to keyed state. Changes the current key. */
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
