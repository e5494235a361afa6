package io.rekindle.job.engagement;

import io.rekindle.job.state.OrderRows;
import io.rekindle.job.state.StoredOrder;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;

/** The order rows of the current key, in keyed state. */
final class KeyedOrderRows implements OrderRows {

  private final MapState<String, StoredOrder> state;

  KeyedOrderRows(MapState<String, StoredOrder> state) {
    this.state = state;
  }

  @Override
  public StoredOrder get(String orderId) {
    try {
      return state.get(orderId);
    } catch (Exception e) {
      throw failed("read", e);
    }
  }

  @Override
  public void put(String orderId, StoredOrder row) {
    try {
      state.put(orderId, row);
    } catch (Exception e) {
      throw failed("written", e);
    }
  }

  @Override
  public void remove(String orderId) {
    try {
      state.remove(orderId);
    } catch (Exception e) {
      throw failed("removed", e);
    }
  }

  @Override
  public Iterable<Map.Entry<String, StoredOrder>> entries() {
    try {
      return state.entries();
    } catch (Exception e) {
      throw failed("read", e);
    }
  }

  @Override
  public void clear() {
    state.clear();
  }

  private static FlinkRuntimeException failed(String verb, Exception cause) {
    return new FlinkRuntimeException("An order could not be " + verb + " in keyed state", cause);
  }
}
