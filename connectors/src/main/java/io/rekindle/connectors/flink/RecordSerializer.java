package io.rekindle.connectors.flink;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes any record, for state and streams with few records. Hot records have their own
 * serializers.
 *
 * <p>A record is the number of its components and then each component. The number is the version of
 * the stored bytes. A new component goes to the end of its record, and reads as null, 0 or false
 * from older bytes. No component may be removed or moved. The same holds for nested records.
 *
 * <p>Enums and the members of a sealed interface are stored by name. Whole numbers have variable
 * length.
 *
 * @param <T> a record, or a sealed interface of records
 */
public final class RecordSerializer<T> extends EventSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;

  /** The value of the record's type variable; null if it has none. */
  private final Class<?> argument;

  private transient RecordCodec codec;

  /** For a record without a type variable. */
  public RecordSerializer(Class<T> type) {
    this(type, null);
  }

  /**
   * For a record with one type variable.
   *
   * @param argument the value of the variable
   * @throws IllegalArgumentException if the type of a component has no form in bytes
   */
  RecordSerializer(Class<T> type, Class<?> argument) {
    this.type = type;
    this.argument = argument;
    codec = RecordCodec.of(type, argument);
  }

  private RecordCodec codec() {
    if (codec == null) {
      codec = RecordCodec.of(type, argument);
    }
    return codec;
  }

  @Override
  public void serialize(T event, DataOutputView out) throws IOException {
    codec().write(event, binary(), out);
  }

  @Override
  public T deserialize(DataInputView in) throws IOException {
    return type.cast(codec().read(binary(), in));
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return new RecordSerializer<>(type, argument);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new Snapshot<>(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordSerializer<?> that
        && type == that.type
        && argument == that.argument;
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, argument);
  }

  /** Public, since Flink creates it by reflection on a restore. */
  public static final class Snapshot<T> extends FormatSnapshot<T> {

    private static final int FORMAT = 1;

    private RecordSerializer<T> serializer;

    /** Creates a snapshot that Flink then reads. */
    public Snapshot() {
      super(FORMAT);
    }

    private Snapshot(RecordSerializer<T> serializer) {
      this();
      this.serializer = serializer;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeUTF(serializer.type.getName());
      out.writeUTF(serializer.argument == null ? "" : serializer.argument.getName());
    }

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
        throws IOException {
      super.readSnapshot(readVersion, in, classLoader);
      String type = in.readUTF();
      String argument = in.readUTF();
      try {
        @SuppressWarnings("unchecked") // The name was written from a Class<T>.
        Class<T> read = (Class<T>) Class.forName(type, false, classLoader);
        serializer =
            new RecordSerializer<>(
                read, argument.isEmpty() ? null : Class.forName(argument, false, classLoader));
      } catch (ClassNotFoundException e) {
        throw new IOException("The savepoint has records of " + type + ", unknown to this job", e);
      }
    }

    @Override
    protected TypeSerializer<T> serializer(int formatVersion) {
      return serializer;
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      return old instanceof Snapshot<T> earlier && serializer.equals(earlier.serializer)
          ? super.resolveSchemaCompatibility(old)
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
