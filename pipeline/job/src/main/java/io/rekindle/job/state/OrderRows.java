package io.rekindle.job.state;

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
}
