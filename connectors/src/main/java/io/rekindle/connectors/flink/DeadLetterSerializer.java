package io.rekindle.connectors.flink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Dead letters, field by field in the order of their constructor. */
public final class DeadLetterSerializer extends EventSerializer<DeadLetter> {

  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(DeadLetter letter, DataOutputView out) throws IOException {
    binary().writeText(letter.topic(), out);
    Binary.writeUnsigned(letter.partition(), out);
    Binary.writeSigned(letter.offset(), out);
    Binary.writeSigned(letter.timestamp(), out);
    writeBytes(letter.key(), out);
    writeBytes(letter.value(), out);
    binary().writeText(letter.reason().name(), out);
    binary().writeText(letter.error(), out);
    binary().writeText(letter.version(), out);
  }

  @Override
  public DeadLetter deserialize(DataInputView in) throws IOException {
    return new DeadLetter(
        binary().readText(in),
        Math.toIntExact(Binary.readUnsigned(in)),
        Binary.readSigned(in),
        Binary.readSigned(in),
        readBytes(in),
        readBytes(in),
        DeadLetterReason.valueOf(binary().readText(in)),
        binary().readText(in),
        binary().readText(in));
  }

  private static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
    Binary.writeUnsigned(bytes == null ? 0 : bytes.length + 1L, out);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte[] readBytes(DataInputView in) throws IOException {
    int length = Math.toIntExact(Binary.readUnsigned(in)) - 1;
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  @Override
  public TypeSerializer<DeadLetter> duplicate() {
    return new DeadLetterSerializer();
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeadLetterSerializer;
  }

  @Override
  public int hashCode() {
    return DeadLetterSerializer.class.hashCode();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<DeadLetter> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<DeadLetter> serializer(int formatVersion) {
      return new DeadLetterSerializer();
    }
  }
}
