package io.rekindle.connectors.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base of the serializers of immutable events of variable length.
 *
 * <p>Each instance has its own buffer, so {@link #duplicate} creates a new instance.
 */
public abstract class EventSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private transient Binary binary;

  /** The buffer of this instance. */
  protected final Binary binary() {
    if (binary == null) {
      binary = new Binary();
    }
    return binary;
  }

  @Override
  public final boolean isImmutableType() {
    return true;
  }

  /** Every event has content, so there is no empty instance. Flink accepts null. */
  @Override
  public final T createInstance() {
    return null;
  }

  @Override
  public final T copy(T from) {
    return from;
  }

  @Override
  public final T copy(T from, T reuse) {
    return from;
  }

  @Override
  public final int getLength() {
    return -1;
  }

  @Override
  public final T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public final void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }
}
