package io.rekindle.connectors.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Stores the format version of a serializer in a savepoint. */
public abstract class FormatSnapshot<T> implements TypeSerializerSnapshot<T> {

  private final int currentVersion;
  private int version;

  protected FormatSnapshot(int currentVersion) {
    this.currentVersion = currentVersion;
    this.version = currentVersion;
  }

  /** Returns the serializer that reads the given version. */
  protected abstract TypeSerializer<T> serializer(int formatVersion);

  @Override
  public int getCurrentVersion() {
    return currentVersion;
  }

  @Override
  public void writeSnapshot(DataOutputView out) throws IOException {}

  @Override
  public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
      throws IOException {
    if (readVersion < 1 || readVersion > currentVersion) {
      throw new IOException(
          getClass().getSimpleName()
              + " knows the format versions 1 to "
              + currentVersion
              + ", but the savepoint has version "
              + readVersion
              + ": it was written by a newer job, use that job to read it");
    }
    version = readVersion;
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return serializer(version);
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (!(old instanceof FormatSnapshot<T> earlier) || old.getClass() != getClass()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    return earlier.version == currentVersion
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
