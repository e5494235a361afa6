package io.rekindle.connectors.flink;

import io.rekindle.connectors.events.PolicyChanged;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Changes of policies.
 *
 * <p>Format 1: a byte of which bit 0 tells whether it is of a snapshot and bit 1 whether the policy
 * is active; then name, commit time, version and document.
 */
public final class PolicyChangedSerializer extends EventSerializer<PolicyChanged> {

  private static final long serialVersionUID = 1L;

  private static final int SNAPSHOT = 0b01;
  private static final int ACTIVE = 0b10;

  @Override
  public void serialize(PolicyChanged policy, DataOutputView out) throws IOException {
    out.writeByte((policy.snapshot() ? SNAPSHOT : 0) | (policy.active() ? ACTIVE : 0));
    binary().writeText(policy.policyVersion(), out);
    Binary.writeSigned(policy.commitTime(), out);
    RowVersions.write(policy.version(), out);
    binary().writeText(policy.document(), out);
  }

  @Override
  public PolicyChanged deserialize(DataInputView in) throws IOException {
    int header = in.readByte();
    return new PolicyChanged(
        binary().readText(in),
        Binary.readSigned(in),
        RowVersions.read(in),
        (header & SNAPSHOT) != 0,
        binary().readText(in),
        (header & ACTIVE) != 0);
  }

  @Override
  public TypeSerializer<PolicyChanged> duplicate() {
    return new PolicyChangedSerializer();
  }

  @Override
  public TypeSerializerSnapshot<PolicyChanged> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicyChangedSerializer;
  }

  @Override
  public int hashCode() {
    return PolicyChangedSerializer.class.hashCode();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<PolicyChanged> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PolicyChanged> serializer(int formatVersion) {
      return new PolicyChangedSerializer();
    }
  }
}
