package io.rekindle.connectors.flink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Flink's view of an event type: one value, no fields, its own serializer.
 *
 * @param <T> the event type
 */
public final class EventTypeInfo<T> extends TypeInformation<T> {

  public static final TypeInformation<Change> CHANGE =
      new EventTypeInfo<>(Change.class, new ChangeSerializer());

  public static final TypeInformation<RuleChange> RULE_CHANGE =
      new EventTypeInfo<>(RuleChange.class, new RuleChangeSerializer());

  public static final TypeInformation<DeadLetter> DEAD_LETTER =
      new EventTypeInfo<>(DeadLetter.class, new DeadLetterSerializer());

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final TypeSerializer<T> serializer;

  public EventTypeInfo(Class<T> type, TypeSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
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
