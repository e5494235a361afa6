package io.rekindle.job.outreach;

import io.rekindle.connectors.serialization.EventSerializer;
import io.rekindle.connectors.serialization.EventTypeInfo;
import io.rekindle.connectors.serialization.FormatSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: the length of a decision's JSON, then that. */
public final class DecisionSerializer extends EventSerializer<Decision> {

  /** The type of a stream of decisions. */
  public static final TypeInformation<Decision> TYPE =
      new EventTypeInfo<>(Decision.class, new DecisionSerializer());

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(Decision decision, DataOutputView out) throws IOException {
    byte[] json = DecisionJson.write(decision);
    out.writeInt(json.length);
    out.write(json);
  }

  @Override
  public Decision deserialize(DataInputView in) throws IOException {
    byte[] json = new byte[in.readInt()];
    in.readFully(json);
    return DecisionJson.read(json);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DecisionSerializer;
  }

  @Override
  public int hashCode() {
    return DecisionSerializer.class.hashCode();
  }

  @Override
  public TypeSerializer<Decision> duplicate() {
    return new DecisionSerializer();
  }

  @Override
  public TypeSerializerSnapshot<Decision> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<Decision> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Decision> serializer(int formatVersion) {
      return new DecisionSerializer();
    }
  }
}
