package io.rekindle.job.state;

import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.flink.Binary;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Tombstones: the versions at which orders were removed. A repeated older change does not bring an
 * order back.
 */
final class RemovedOrders {

  private int size;
  private long[] commitLsn;
  private long[] lsn;
  private long[] removedAt;
  private final OrderIds ids;

  /** The earliest removal, or earlier. It makes most calls of {@link #expireUntil} cheap. */
  private long earliest = Long.MAX_VALUE;

  /** Creates an empty list without memory, since most users never have a tombstone. */
  RemovedOrders() {
    this(0, new OrderIds(0), 0);
  }

  private RemovedOrders(int size, OrderIds ids, int capacity) {
    this.size = size;
    this.ids = ids;
    commitLsn = new long[capacity];
    lsn = new long[capacity];
    removedAt = new long[capacity];
  }

  int size() {
    return size;
  }

  int find(byte[] id) {
    return size == 0 ? -1 : ids.find(id);
  }

  boolean isNewer(RowVersion version, int index) {
    return RowVersion.compare(version.commitLsn(), version.lsn(), commitLsn[index], lsn[index]) > 0;
  }

  void add(byte[] id, RowVersion version, long at) {
    if (size == removedAt.length) {
      int capacity = size + (size >> 1) + 1;
      commitLsn = Arrays.copyOf(commitLsn, capacity);
      lsn = Arrays.copyOf(lsn, capacity);
      removedAt = Arrays.copyOf(removedAt, capacity);
    }
    ids.insert(size, size, id);
    commitLsn[size] = version.commitLsn();
    lsn[size] = version.lsn();
    removedAt[size] = at;
    earliest = Math.min(earliest, at);
    size++;
  }

  void remove(int index) {
    ids.remove(index);
    int behind = size - index - 1;
    System.arraycopy(commitLsn, index + 1, commitLsn, index, behind);
    System.arraycopy(lsn, index + 1, lsn, index, behind);
    System.arraycopy(removedAt, index + 1, removedAt, index, behind);
    size--;
  }

  /** Forgets the orders that were removed at an instant or before. */
  void expireUntil(long instant) {
    if (instant < earliest) {
      return;
    }
    for (int i = size - 1; i >= 0; i--) {
      if (removedAt[i] <= instant) {
        remove(i);
      }
    }
    earliest = earliest();
  }

  private long earliest() {
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      earliest = Math.min(earliest, removedAt[i]);
    }
    return earliest;
  }

  /** The newest removal; {@code Long.MIN_VALUE} without one. */
  long newest() {
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      newest = Math.max(newest, removedAt[i]);
    }
    return newest;
  }

  RemovedOrders copy() {
    RemovedOrders copy = new RemovedOrders(size, ids.copy(), size);
    System.arraycopy(commitLsn, 0, copy.commitLsn, 0, size);
    System.arraycopy(lsn, 0, copy.lsn, 0, size);
    System.arraycopy(removedAt, 0, copy.removedAt, 0, size);
    copy.earliest = earliest;
    return copy;
  }

  void write(DataOutputView out) throws IOException {
    Binary.writeUnsigned(size, out);
    if (size == 0) {
      return;
    }
    for (int i = 0; i < size; i++) {
      Binary.writeUnsigned(commitLsn[i], out);
      Binary.writeSigned(lsn[i] - commitLsn[i], out);
      Binary.writeSigned(removedAt[i], out);
    }
    ids.write(out);
  }

  static RemovedOrders read(DataInputView in) throws IOException {
    int size = (int) Binary.readUnsigned(in);
    if (size == 0) {
      return new RemovedOrders();
    }
    long[] commitLsn = new long[size];
    long[] lsn = new long[size];
    long[] removedAt = new long[size];
    for (int i = 0; i < size; i++) {
      commitLsn[i] = Binary.readUnsigned(in);
      lsn[i] = commitLsn[i] + Binary.readSigned(in);
      removedAt[i] = Binary.readSigned(in);
    }
    RemovedOrders removed = new RemovedOrders(size, OrderIds.read(in), 0);
    removed.commitLsn = commitLsn;
    removed.lsn = lsn;
    removed.removedAt = removedAt;
    removed.earliest = removed.earliest();
    return removed;
  }
}
