package io.rekindle.job.rules;

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
public final class PolicyEntrySerializer extends EventSerializer<PolicyTimeline.PolicyEntry> {

  private static final long serialVersionUID = 1L;

  private final PolicyChangedSerializer changes = new PolicyChangedSerializer();

  @Override
  public void serialize(PolicyTimeline.PolicyEntry entry, DataOutputView out) throws IOException {
    Binary.writeSigned(entry.since(), out);
    changes.serialize(entry.change(), out);
  }

  @Override
  public PolicyTimeline.PolicyEntry deserialize(DataInputView in) throws IOException {
    return new PolicyTimeline.PolicyEntry(Binary.readSigned(in), changes.deserialize(in));
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
  public TypeSerializer<PolicyTimeline.PolicyEntry> duplicate() {
    return new PolicyEntrySerializer();
  }

  @Override
  public TypeSerializerSnapshot<PolicyTimeline.PolicyEntry> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<PolicyTimeline.PolicyEntry> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PolicyTimeline.PolicyEntry> serializer(int formatVersion) {
      return new PolicyEntrySerializer();
    }
  }
}
