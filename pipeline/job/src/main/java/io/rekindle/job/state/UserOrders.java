package io.rekindle.job.state;

import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.flink.Binary;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderHistory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A user's orders in columns, ascending by placed_at and then by id, so that equal sets of orders
 * have equal state. The scorer reads the columns in place.
 *
 * <p>The scorer sees the newest {@link #MAX_ORDERS}. Up to {@link #MAX_ROWS} are here, so that few
 * removals need an older order from {@link OrderRows}. All orders here are newer than those there.
 */
public final class UserOrders implements OrderHistory {

  /** The most rows. It bounds the cost of one user. */
  static final int MAX_ROWS = 2 * MAX_ORDERS;

  /** Marks of a serialized row, which replace common values. */
  private static final int SAME_CURRENCY = 1;

  private static final int FROM_SNAPSHOT = 2;

  /** The number of rows. */
  private int size;

  /** The index of the oldest row that the scorer sees. */
  private int first;

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
    resize(size);
    this.ids = ids;
    placedAt = new long[capacity];
    netMinor = new long[capacity];
    currency = new short[capacity];
    commitLsn = new long[capacity];
    lsn = new long[capacity];
  }

  @Override
  public int size() {
    return size - first;
  }

  @Override
  public long placedAt(int index) {
    return placedAt[first + index];
  }

  @Override
  public long netMinor(int index) {
    return netMinor[first + index];
  }

  @Override
  public int currency(int index) {
    return currency[first + index];
  }

  // The methods below count from the oldest row, which the scorer may not see.

  /** The number of rows, of which the scorer sees the newest. */
  int rows() {
    return size;
  }

  private void resize(int rows) {
    size = rows;
    first = Math.max(0, rows - MAX_ORDERS);
  }

  int find(byte[] id) {
    return ids.find(id);
  }

  /** Whether a version is newer than that of the row at an index. */
  boolean isNewer(RowVersion version, int index) {
    return RowVersion.compare(version.commitLsn(), version.lsn(), commitLsn[index], lsn[index]) > 0;
  }

  /** Whether the row at an index has the content of a change. */
  boolean holds(OrderChanged order, int index) {
    return placedAt[index] == order.placedAt()
        && netMinor[index] == order.netMinor()
        && currency[index] == (short) CurrencyCodes.pack(order.currency());
  }

  /** Whether an order is older than all rows. */
  boolean isOlder(long at, byte[] id) {
    return size > 0 && position(at, id) == 0;
  }

  /** Inserts a new row. */
  void insert(byte[] id, OrderChanged order) {
    int index = position(order.placedAt(), id);
    makeRoom(index);
    ids.insert(index, size, id);
    resize(size + 1);
    placedAt[index] = order.placedAt();
    set(index, order);
  }

  /** Replaces the row at an index, unless its time differs. */
  boolean replace(int index, OrderChanged order) {
    if (placedAt[index] != order.placedAt()) {
      return false;
    }
    set(index, order);
    return true;
  }

  /** The id of the oldest row. */
  String oldestId() {
    return ids.text(0);
  }

  /** The oldest row. */
  StoredOrder oldest() {
    return StoredOrder.of(placedAt[0], netMinor[0], currency[0], commitLsn[0], lsn[0]);
  }

  /** Puts rows before all others; ascending, and all of them older. */
  void prepend(List<byte[]> packedIds, List<StoredOrder> rows) {
    int more = rows.size();
    ids.prepend(packedIds);
    placedAt = prepend(rows, StoredOrder::placedAt, placedAt);
    netMinor = prepend(rows, StoredOrder::netMinor, netMinor);
    commitLsn = prepend(rows, StoredOrder::commitLsn, commitLsn);
    lsn = prepend(rows, StoredOrder::lsn, lsn);
    short[] currencies = new short[more + size];
    for (int i = 0; i < more; i++) {
      currencies[i] = (short) rows.get(i).currency();
    }
    System.arraycopy(currency, 0, currencies, more, size);
    currency = currencies;
    resize(more + size);
  }

  private long[] prepend(List<StoredOrder> rows, ToLongFunction<StoredOrder> field, long[] known) {
    long[] all = new long[rows.size() + size];
    for (int i = 0; i < rows.size(); i++) {
      all[i] = field.applyAsLong(rows.get(i));
    }
    System.arraycopy(known, 0, all, rows.size(), size);
    return all;
  }

  void remove(int index) {
    ids.remove(index);
    int behind = size - index - 1;
    System.arraycopy(placedAt, index + 1, placedAt, index, behind);
    System.arraycopy(netMinor, index + 1, netMinor, index, behind);
    System.arraycopy(currency, index + 1, currency, index, behind);
    System.arraycopy(commitLsn, index + 1, commitLsn, index, behind);
    System.arraycopy(lsn, index + 1, lsn, index, behind);
    resize(size - 1);
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
      int capacity = Math.min(MAX_ROWS + 1, size + (size >> 1) + 1);
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
