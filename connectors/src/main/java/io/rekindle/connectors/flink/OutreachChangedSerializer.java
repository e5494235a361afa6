package io.rekindle.connectors.flink;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.events.RowVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Changes of the rules of outreach.
 *
 * <p>Format 1: a byte of which bit 0 tells whether it is of a snapshot and bit 1 whether outreach
 * is enabled; then commit time and version; then the numbers, the experiment and its variants in
 * the order of their constructors.
 */
public final class OutreachChangedSerializer extends EventSerializer<OutreachChanged> {

  private static final long serialVersionUID = 1L;

  private static final int SNAPSHOT = 0b01;
  private static final int ENABLED = 0b10;

  @Override
  public void serialize(OutreachChanged change, DataOutputView out) throws IOException {
    OutreachRules rules = change.rules();
    out.writeByte((change.snapshot() ? SNAPSHOT : 0) | (rules.enabled() ? ENABLED : 0));
    Binary.writeSigned(change.commitTime(), out);
    RowVersions.write(change.version(), out);
    Binary.writeUnsigned(rules.cooldownDays(), out);
    Binary.writeUnsigned(rules.staleDays(), out);
    Binary.writeUnsigned(rules.dailyCap(), out);
    binary().writeText(rules.experimentId(), out);
    Binary.writeUnsigned(rules.holdoutPpm(), out);
    Binary.writeUnsigned(rules.variants().size(), out);
    for (OutreachVariant variant : rules.variants()) {
      binary().writeText(variant.name(), out);
      Binary.writeUnsigned(variant.weight(), out);
      binary().writeText(variant.prompt(), out);
      binary().writeText(variant.tone(), out);
      binary().writeText(variant.offer(), out);
    }
  }

  @Override
  public OutreachChanged deserialize(DataInputView in) throws IOException {
    int header = in.readByte();
    long commitTime = Binary.readSigned(in);
    RowVersion version = RowVersions.read(in);
    return new OutreachChanged(
        commitTime,
        version,
        (header & SNAPSHOT) != 0,
        new OutreachRules(
            (header & ENABLED) != 0,
            readInt(in),
            readInt(in),
            readInt(in),
            binary().readText(in),
            readInt(in),
            readVariants(in)));
  }

  private List<OutreachVariant> readVariants(DataInputView in) throws IOException {
    int count = readInt(in);
    List<OutreachVariant> variants = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      variants.add(
          new OutreachVariant(
              binary().readText(in),
              Binary.readUnsigned(in),
              binary().readText(in),
              binary().readText(in),
              binary().readText(in)));
    }
    return variants;
  }

  private static int readInt(DataInputView in) throws IOException {
    return Math.toIntExact(Binary.readUnsigned(in));
  }

  @Override
  public TypeSerializer<OutreachChanged> duplicate() {
    return new OutreachChangedSerializer();
  }

  @Override
  public TypeSerializerSnapshot<OutreachChanged> snapshotConfiguration() {
    return new Snapshot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutreachChangedSerializer;
  }

  @Override
  public int hashCode() {
    return OutreachChangedSerializer.class.hashCode();
  }

  /** Public for Flink, which makes it by reflection when it restores. */
  public static final class Snapshot extends FormatSnapshot<OutreachChanged> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<OutreachChanged> serializer(int formatVersion) {
      return new OutreachChangedSerializer();
    }
  }
}
