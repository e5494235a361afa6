package io.rekindle.job.state;

import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.flink.Binary;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A user's orders in columns, ascending by placed_at and then by id, so that equal sets of orders
 * have equal state. The scorer reads the columns in place.
 *
 * <p>The state keeps all orders, since another policy may look further back. Beyond {@link
 * #MAX_ORDERS} it forgets the oldest, which bounds the cost of one user.
 */
public final class UserOrders implements OrderHistory {

  /** Marks of a serialized row, which replace common values. */
  private static final int SAME_CURRENCY = 1;

  private static final int FROM_SNAPSHOT = 2;

  private int size;
  private long[] placedAt;
  private long[] netMinor;
  private short[] currency;
  private long[] commitLsn;
  private long[] lsn;
  private final OrderIds ids;

  UserOrders() {
    this(0, new OrderIds(32), 4);
  }

  private UserOrders(int size, OrderIds ids, int capacity) {
    this.size = size;
    this.ids = ids;
    placedAt = new long[capacity];
    netMinor = new long[capacity];
    currency = new short[capacity];
    commitLsn = new long[capacity];
    lsn = new long[capacity];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long placedAt(int index) {
    return placedAt[index];
  }

  @Override
  public long netMinor(int index) {
    return netMinor[index];
  }

  @Override
  public int currency(int index) {
    return currency[index];
  }

  int find(byte[] id) {
    return ids.find(id);
  }

  /** Whether a version is newer than that of the row at an index. */
  boolean isNewer(RowVersion version, int index) {
    return RowVersion.compare(version.commitLsn(), version.lsn(), commitLsn[index], lsn[index]) > 0;
  }

  /** Inserts a new row; returns false if there are {@link #MAX_ORDERS} newer orders. */
  boolean insert(byte[] id, OrderChanged order) {
    int index = position(order.placedAt(), id);
    if (size == MAX_ORDERS) {
      if (index == 0) {
        return false;
      }
      remove(0);
      index--;
    }
    makeRoom(index);
    ids.insert(index, size, id);
    size++;
    placedAt[index] = order.placedAt();
    set(index, order);
    return true;
  }

  /** Replaces the row at an index. */
  void replace(int index, byte[] id, OrderChanged order) {
    if (placedAt[index] == order.placedAt()) {
      set(index, order);
    } else {
      remove(index);
      insert(id, order);
    }
  }

  void remove(int index) {
    ids.remove(index);
    int behind = size - index - 1;
    System.arraycopy(placedAt, index + 1, placedAt, index, behind);
    System.arraycopy(netMinor, index + 1, netMinor, index, behind);
    System.arraycopy(currency, index + 1, currency, index, behind);
    System.arraycopy(commitLsn, index + 1, commitLsn, index, behind);
    System.arraycopy(lsn, index + 1, lsn, index, behind);
    size--;
  }

  private void set(int index, OrderChanged order) {
    netMinor[index] = order.netMinor();
    currency[index] = (short) CurrencyCodes.pack(order.currency());
    commitLsn[index] = order.version().commitLsn();
    lsn[index] = order.version().lsn();
  }

  /** Returns the index of a new row. */
  private int position(long at, byte[] id) {
    if (size == 0 || placedAt[size - 1] < at) {
      // New orders come last, except in an imported history.
      return size;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      boolean before = placedAt[middle] == at ? ids.compare(middle, id) < 0 : placedAt[middle] < at;
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void makeRoom(int index) {
    if (size == placedAt.length) {
      int capacity = Math.min(MAX_ORDERS, size + (size >> 1) + 1);
      placedAt = Arrays.copyOf(placedAt, capacity);
      netMinor = Arrays.copyOf(netMinor, capacity);
      currency = Arrays.copyOf(currency, capacity);
      commitLsn = Arrays.copyOf(commitLsn, capacity);
      lsn = Arrays.copyOf(lsn, capacity);
    }
    int behind = size - index;
    if (behind > 0) {
      System.arraycopy(placedAt, index, placedAt, index + 1, behind);
      System.arraycopy(netMinor, index, netMinor, index + 1, behind);
      System.arraycopy(currency, index, currency, index + 1, behind);
      System.arraycopy(commitLsn, index, commitLsn, index + 1, behind);
      System.arraycopy(lsn, index, lsn, index + 1, behind);
    }
  }

  UserOrders copy() {
    UserOrders copy = new UserOrders(size, ids.copy(), size);
    System.arraycopy(placedAt, 0, copy.placedAt, 0, size);
    System.arraycopy(netMinor, 0, copy.netMinor, 0, size);
    System.arraycopy(currency, 0, copy.currency, 0, size);
    System.arraycopy(commitLsn, 0, copy.commitLsn, 0, size);
    System.arraycopy(lsn, 0, copy.lsn, 0, size);
    return copy;
  }

  /** Writes each row as its difference from the row before. */
  void write(DataOutputView out) throws IOException {
    Binary.writeUnsigned(size, out);
    long previousPlacedAt = 0;
    long previousCommitLsn = 0;
    int previousCurrency = CurrencyCodes.BASE;
    for (int i = 0; i < size; i++) {
      boolean sameCurrency = currency[i] == previousCurrency;
      out.writeByte((sameCurrency ? SAME_CURRENCY : 0) | (lsn[i] == 0 ? FROM_SNAPSHOT : 0));
      Binary.writeSigned(placedAt[i] - previousPlacedAt, out);
      Binary.writeSigned(netMinor[i], out);
      if (!sameCurrency) {
        out.writeShort(currency[i]);
      }
      Binary.writeSigned(commitLsn[i] - previousCommitLsn, out);
      if (lsn[i] != 0) {
        Binary.writeSigned(lsn[i] - commitLsn[i], out);
      }
      previousPlacedAt = placedAt[i];
      previousCommitLsn = commitLsn[i];
      previousCurrency = currency[i];
    }
    ids.write(out);
  }

  static UserOrders read(DataInputView in) throws IOException {
    int size = (int) Binary.readUnsigned(in);
    long[] placedAt = new long[size];
    long[] netMinor = new long[size];
    short[] currency = new short[size];
    long[] commitLsn = new long[size];
    long[] lsn = new long[size];
    long previousPlacedAt = 0;
    long previousCommitLsn = 0;
    short previousCurrency = CurrencyCodes.BASE;
    for (int i = 0; i < size; i++) {
      int marks = in.readByte();
      placedAt[i] = previousPlacedAt + Binary.readSigned(in);
      netMinor[i] = Binary.readSigned(in);
      currency[i] = (marks & SAME_CURRENCY) != 0 ? previousCurrency : in.readShort();
      commitLsn[i] = previousCommitLsn + Binary.readSigned(in);
      lsn[i] = (marks & FROM_SNAPSHOT) != 0 ? 0 : commitLsn[i] + Binary.readSigned(in);
      previousPlacedAt = placedAt[i];
      previousCommitLsn = commitLsn[i];
      previousCurrency = currency[i];
    }
    UserOrders orders = new UserOrders(size, OrderIds.read(in), 0);
    orders.placedAt = placedAt;
    orders.netMinor = netMinor;
    orders.currency = currency;
    orders.commitLsn = commitLsn;
    orders.lsn = lsn;
    return orders;
  }
}
