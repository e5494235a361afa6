package io.rekindle.connectors.serialization;

import io.rekindle.connectors.events.Control;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.PolicyChanged;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: a byte for the type, then the change in the format 1 of its own serializer. */
public final class ControlSerializer extends EventSerializer<Control> {

  private static final long serialVersionUID = 1L;

  private static final int POLICY = 0;
  private static final int OUTREACH = 1;

  private final PolicyChangedSerializer policies = new PolicyChangedSerializer();
  private final OutreachChangedSerializer outreach = new OutreachChangedSerializer();

  @Override
  public void serialize(Control control, DataOutputView out) throws IOException {
    if (control instanceof PolicyChanged policy) {
      out.writeByte(POLICY);
      policies.serialize(policy, out);
    } else {
      out.writeByte(OUTREACH);
      outreach.serialize((OutreachChanged) control, out);
    }
  }

  @Override
  public Control deserialize(DataInputView in) throws IOException {
    int type = in.readByte();
    return switch (type) {
      case POLICY -> policies.deserialize(in);
      case OUTREACH -> outreach.deserialize(in);
      default -> throw new IOException("No control has the type " + type);
    };
  }

  @Override
  public TypeSerializer<Control> duplicate() {
    return new ControlSerializer();
  }

  @Override
  public TypeSerializerSnapshot<Control> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ControlSerializer;
  }

  @Override
  public int hashCode() {
    return ControlSerializer.class.hashCode();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<Control> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Control> serializer(int formatVersion) {
      return new ControlSerializer();
    }
  }
}
