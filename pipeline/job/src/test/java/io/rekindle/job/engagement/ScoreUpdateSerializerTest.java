package io.rekindle.job.engagement;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.job.state.Cause;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ScoreUpdateSerializerTest {

  private int next;

  /** Every part has a value of its own, those included that are added one day. */
  @Test
  void shouldReadWhatItWrote() throws Exception {
    ScoreUpdate update = filled(ScoreUpdate.class);

    assertThat(copy(update)).isEqualTo(update);
  }

  @Test
  void shouldReadWhatHasNoScore() throws Exception {
    ScoreUpdate update =
        new ScoreUpdate(
            "u", 1, 2, null, null, false, 3, "p", null, Cause.USER_REMOVED, null, false, null);

    assertThat(copy(update)).isEqualTo(update);
  }

  private static ScoreUpdate copy(ScoreUpdate update) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    new ScoreUpdateSerializer().serialize(update, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    ScoreUpdate copy = new ScoreUpdateSerializer().deserialize(in);
    assertThat(in.available()).isZero();
    return copy;
  }

  private <T> T filled(Class<T> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(components[i].getType());
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return type.cast(type.getDeclaredConstructor(types).newInstance(values));
  }

  private Object value(Class<?> type) throws ReflectiveOperationException {
    next++;
    if (type == long.class) {
      return 1_000L + next;
    } else if (type == int.class) {
      return next;
    } else if (type == double.class) {
      return next + 0.25;
    } else if (type == boolean.class) {
      return true;
    } else if (type == String.class) {
      return "text " + next;
    } else if (type.isEnum()) {
      Object[] constants = type.getEnumConstants();
      return constants[next % constants.length];
    }
    return filled(type);
  }
}
