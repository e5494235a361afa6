package io.rekindle.job.rules;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.EventSerializer;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.connectors.flink.OutreachChangedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: since when it counts, then the change. */
public final class OutreachEntrySerializer extends EventSerializer<OutreachTimeline.OutreachEntry> {

  private static final long serialVersionUID = 1L;

  private final OutreachChangedSerializer changes = new OutreachChangedSerializer();

  @Override
  public void serialize(OutreachTimeline.OutreachEntry entry, DataOutputView out)
      throws IOException {
    Binary.writeSigned(entry.since(), out);
    changes.serialize(entry.change(), out);
  }

  @Override
  public OutreachTimeline.OutreachEntry deserialize(DataInputView in) throws IOException {
    return new OutreachTimeline.OutreachEntry(Binary.readSigned(in), changes.deserialize(in));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutreachEntrySerializer;
  }

  @Override
  public int hashCode() {
    return OutreachEntrySerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<OutreachTimeline.OutreachEntry> duplicate() {
    return new OutreachEntrySerializer();
  }

  @Override
  public TypeSerializerSnapshot<OutreachTimeline.OutreachEntry> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<OutreachTimeline.OutreachEntry> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<OutreachTimeline.OutreachEntry> serializer(int formatVersion) {
      return new OutreachEntrySerializer();
    }
  }
}
