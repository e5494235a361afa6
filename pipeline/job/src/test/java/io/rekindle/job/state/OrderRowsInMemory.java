package io.rekindle.job.state;

import java.util.HashMap;
import java.util.Map;

/** Rows of one user in memory. */
public final class OrderRowsInMemory implements OrderRows {

  private final Map<String, StoredOrder> rows = new HashMap<>();

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
}
