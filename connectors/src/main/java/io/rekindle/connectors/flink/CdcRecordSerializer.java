package io.rekindle.connectors.flink;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
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
public final class CdcRecordSerializer<T> extends EventSerializer<CdcRecord<T>> {

  private static final long serialVersionUID = 1L;

  private static final int PROGRESS = 0;
  private static final int CHANGE = 1;
  private static final int DEAD_LETTER = 2;

  private final TypeSerializer<T> changes;
  private final TypeSerializer<DeadLetter> deadLetters = new DeadLetterSerializer();

  public CdcRecordSerializer(TypeSerializer<T> changes) {
    this.changes = changes;
  }

  @Override
  public void serialize(CdcRecord<T> record, DataOutputView out) throws IOException {
    if (record.isChange()) {
      out.writeByte(CHANGE);
      out.writeLong(record.completeUntil());
      changes.serialize(record.change(), out);
    } else if (record.isDeadLetter()) {
      out.writeByte(DEAD_LETTER);
      deadLetters.serialize(record.deadLetter(), out);
    } else {
      out.writeByte(PROGRESS);
      out.writeLong(record.completeUntil());
    }
  }

  @Override
  public CdcRecord<T> deserialize(DataInputView in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case PROGRESS -> CdcRecord.progress(in.readLong());
      case CHANGE -> {
        long completeUntil = in.readLong();
        yield CdcRecord.change(changes.deserialize(in), completeUntil);
      }
      case DEAD_LETTER -> CdcRecord.deadLetter(deadLetters.deserialize(in));
      default -> throw new IOException("No CDC record is of kind " + kind);
    };
  }

  @Override
  public TypeSerializer<CdcRecord<T>> duplicate() {
    return new CdcRecordSerializer<>(changes.duplicate());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CdcRecordSerializer<?> that && changes.equals(that.changes);
  }

  @Override
  public int hashCode() {
    return changes.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<CdcRecord<T>> snapshotConfiguration() {
    return new Snapshot<>(this);
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot<T>
      extends CompositeTypeSerializerSnapshot<CdcRecord<T>, CdcRecordSerializer<T>> {

    public Snapshot() {}

    Snapshot(CdcRecordSerializer<T> serializer) {
      super(serializer);
    }

    @Override
    protected int getCurrentOuterSnapshotVersion() {
      return 1;
    }

    @Override
    protected TypeSerializer<?>[] getNestedSerializers(CdcRecordSerializer<T> outer) {
      return new TypeSerializer<?>[] {outer.changes};
    }

    @Override
    protected CdcRecordSerializer<T> createOuterSerializerWithNestedSerializers(
        TypeSerializer<?>[] nested) {
      // The one nested serializer is the one that getNestedSerializers gave.
      @SuppressWarnings("unchecked")
      TypeSerializer<T> changes = (TypeSerializer<T>) nested[0];
      return new CdcRecordSerializer<>(changes);
    }
  }
}
