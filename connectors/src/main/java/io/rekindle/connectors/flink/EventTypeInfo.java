package io.rekindle.connectors.flink;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink's type information of an event: one value without fields, with its own serializer.
 *
 * @param <T> the event type
 */
public final class EventTypeInfo<T> extends TypeInformation<T> {

  public static final TypeInformation<Change> CHANGE =
      new EventTypeInfo<>(Change.class, new ChangeSerializer());

  public static final TypeInformation<RuleChange> RULE_CHANGE = of(RuleChange.class);

  public static final TypeInformation<DeadLetter> DEAD_LETTER = of(DeadLetter.class);

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final TypeSerializer<T> serializer;

  private EventTypeInfo(Class<T> type, TypeSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  /**
   * The type of a record, or of a sealed interface of records.
   *
   * @throws IllegalArgumentException if the type of a component has no form in bytes
   */
  public static <T> TypeInformation<T> of(Class<T> record) {
    return new EventTypeInfo<>(record, new RecordSerializer<>(record));
  }

  /** The type of the records of a source with changes of the given type. */
  public static <T> TypeInformation<CdcRecord<T>> ofCdcRecord(Class<T> changeType) {
    // A class object knows no type arguments.
    @SuppressWarnings("unchecked")
    Class<CdcRecord<T>> recordClass = (Class<CdcRecord<T>>) (Class<?>) CdcRecord.class;
    return new EventTypeInfo<>(recordClass, new RecordSerializer<>(recordClass, changeType));
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer.duplicate();
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof EventTypeInfo;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventTypeInfo<?> that
        && type == that.type
        && serializer.equals(that.serializer);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + serializer.hashCode();
  }

  @Override
  public String toString() {
    return "EventTypeInfo<" + type.getSimpleName() + ">";
  }
}
