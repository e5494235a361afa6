package io.rekindle.job.engagement;

import io.rekindle.connectors.flink.Binary;
import io.rekindle.connectors.flink.EventSerializer;
import io.rekindle.connectors.flink.FormatSnapshot;
import io.rekindle.connectors.flink.PolicyChangedSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: since when it counts, then the change. */
final class PolicyEntrySerializer extends EventSerializer<PolicyTimeline.Entry> {

  private static final long serialVersionUID = 1L;

  private final PolicyChangedSerializer changes = new PolicyChangedSerializer();

  @Override
  public void serialize(PolicyTimeline.Entry entry, DataOutputView out) throws IOException {
    Binary.writeSigned(entry.since(), out);
    changes.serialize(entry.change(), out);
  }

  @Override
  public PolicyTimeline.Entry deserialize(DataInputView in) throws IOException {
    return new PolicyTimeline.Entry(Binary.readSigned(in), changes.deserialize(in));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicyEntrySerializer;
  }

  @Override
  public int hashCode() {
    return PolicyEntrySerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<PolicyTimeline.Entry> duplicate() {
    return new PolicyEntrySerializer();
  }

  @Override
  public TypeSerializerSnapshot<PolicyTimeline.Entry> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<PolicyTimeline.Entry> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PolicyTimeline.Entry> serializer(int formatVersion) {
      return new PolicyEntrySerializer();
    }
  }
}
