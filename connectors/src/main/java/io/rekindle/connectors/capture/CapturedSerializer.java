package io.rekindle.connectors.capture;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.serialization.DeadLetterSerializer;
import io.rekindle.connectors.serialization.EventSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a source emits. The operator behind the source is normally chained to it, so that this is
 * never used; it is here so that an unchained job runs just as well.
 */
public final class CapturedSerializer<T> extends EventSerializer<Captured<T>> {

  private static final long serialVersionUID = 1L;

  private static final int PROGRESS = 0;
  private static final int CHANGE = 1;
  private static final int DEAD_LETTER = 2;

  private final TypeSerializer<T> changes;
  private final TypeSerializer<DeadLetter> deadLetters = new DeadLetterSerializer();

  public CapturedSerializer(TypeSerializer<T> changes) {
    this.changes = changes;
  }

  @Override
  public void serialize(Captured<T> captured, DataOutputView out) throws IOException {
    if (captured.isChange()) {
      out.writeByte(CHANGE);
      out.writeLong(captured.provenTime());
      changes.serialize(captured.change(), out);
    } else if (captured.isDeadLetter()) {
      out.writeByte(DEAD_LETTER);
      deadLetters.serialize(captured.deadLetter(), out);
    } else {
      out.writeByte(PROGRESS);
      out.writeLong(captured.provenTime());
    }
  }

  @Override
  public Captured<T> deserialize(DataInputView in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case PROGRESS -> Captured.progress(in.readLong());
      case CHANGE -> {
        long provenTime = in.readLong();
        yield Captured.change(changes.deserialize(in), provenTime);
      }
      case DEAD_LETTER -> Captured.deadLetter(deadLetters.deserialize(in));
      default -> throw new IOException("Nothing captured is of kind " + kind);
    };
  }

  @Override
  public TypeSerializer<Captured<T>> duplicate() {
    return new CapturedSerializer<>(changes.duplicate());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CapturedSerializer<?> that && changes.equals(that.changes);
  }

  @Override
  public int hashCode() {
    return changes.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<Captured<T>> snapshotConfiguration() {
    return new Snapshot<>(this);
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot<T>
      extends CompositeTypeSerializerSnapshot<Captured<T>, CapturedSerializer<T>> {

    public Snapshot() {}

    Snapshot(CapturedSerializer<T> serializer) {
      super(serializer);
    }

    @Override
    protected int getCurrentOuterSnapshotVersion() {
      return 1;
    }

    @Override
    protected TypeSerializer<?>[] getNestedSerializers(CapturedSerializer<T> outer) {
      return new TypeSerializer<?>[] {outer.changes};
    }

    @Override
    protected CapturedSerializer<T> createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      // The one nested serializer is the one that getNestedSerializers gave.
      @SuppressWarnings("unchecked")
      TypeSerializer<T> changes = (TypeSerializer<T>) nested[0];
      return new CapturedSerializer<>(changes);
    }
  }
}
