package io.rekindle.job.state;

import java.util.HashMap;
import java.util.Map;

/**
 * The rows of the current user that are not in the {@link UserState}, by order id. Each is read and
 * written alone. Most users have none.
 */
public interface OrderRows {

  /** The row of an order; null without one. */
  StoredOrder get(String orderId);

  void put(String orderId, StoredOrder row);

  void remove(String orderId);

  /** All rows, in no order. Nothing may change them meanwhile. */
  Iterable<Map.Entry<String, StoredOrder>> entries();

  /** Removes all rows. */
  void clear();

  /** Creates rows in memory, of one user. */
  static OrderRows inMemory() {
    Map<String, StoredOrder> rows = new HashMap<>();
    return new OrderRows() {
      @Override
      public StoredOrder get(String orderId) {
        return rows.get(orderId);
      }

      @Override
      public void put(String orderId, StoredOrder row) {
        rows.put(orderId, row);
      }

      @Override
      public void remove(String orderId) {
        rows.remove(orderId);
      }

      @Override
      public Iterable<Map.Entry<String, StoredOrder>> entries() {
        return rows.entrySet();
      }

      @Override
      public void clear() {
        rows.clear();
      }
    };
  }
}
