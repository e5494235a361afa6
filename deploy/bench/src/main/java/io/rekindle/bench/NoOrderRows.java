package io.rekindle.bench;

import io.rekindle.job.state.OrderRows;
import io.rekindle.job.state.StoredOrder;
import java.util.List;
import java.util.Map;

/** The rows of a user whose orders all fit into the state. */
final class NoOrderRows implements OrderRows {

  @Override
  public StoredOrder get(String orderId) {
    return null;
  }

  @Override
  public void put(String orderId, StoredOrder row) {
    throw new IllegalStateException("Order " + orderId + " is measured outside of the state");
  }

  @Override
  public void remove(String orderId) {}

  @Override
  public Iterable<Map.Entry<String, StoredOrder>> entries() {
    return List.of();
  }

  @Override
  public void clear() {}
}
