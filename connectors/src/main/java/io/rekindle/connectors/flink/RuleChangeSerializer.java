package io.rekindle.connectors.flink;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: a byte for the type, then the change in the format 1 of its own serializer. */
public final class RuleChangeSerializer extends EventSerializer<RuleChange> {

  private static final long serialVersionUID = 1L;

  private static final int POLICY = 0;
  private static final int OUTREACH = 1;

  private final PolicyChangedSerializer policies = new PolicyChangedSerializer();
  private final OutreachChangedSerializer outreach = new OutreachChangedSerializer();

  @Override
  public void serialize(RuleChange ruleChange, DataOutputView out) throws IOException {
    if (ruleChange instanceof PolicyChanged policy) {
      out.writeByte(POLICY);
      policies.serialize(policy, out);
    } else {
      out.writeByte(OUTREACH);
      outreach.serialize((OutreachChanged) ruleChange, out);
    }
  }

  @Override
  public RuleChange deserialize(DataInputView in) throws IOException {
    int type = in.readByte();
    return switch (type) {
      case POLICY -> policies.deserialize(in);
      case OUTREACH -> outreach.deserialize(in);
      default -> throw new IOException("No rule change has the type " + type);
    };
  }

  @Override
  public TypeSerializer<RuleChange> duplicate() {
    return new RuleChangeSerializer();
  }

  @Override
  public TypeSerializerSnapshot<RuleChange> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RuleChangeSerializer;
  }

  @Override
  public int hashCode() {
    return RuleChangeSerializer.class.hashCode();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<RuleChange> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RuleChange> serializer(int formatVersion) {
      return new RuleChangeSerializer();
    }
  }
}
