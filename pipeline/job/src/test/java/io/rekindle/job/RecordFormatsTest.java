package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.email.EmailFacts;
import io.rekindle.job.engagement.Cause;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.DatedRuleChange;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.job.rules.PolicyTimeline;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of the job that are in state or on streams, in bytes. */
class RecordFormatsTest {

  private static final long NOON = 1_795_262_400_000L;

  /** Every part has a value of its own, those included that are added one day. */
  @ParameterizedTest
  @ValueSource(
      classes = {ScoreUpdate.class, Decision.class, DatedRuleChange.class, PolicyInForce.class})
  <T> void shouldReadWhatItWrote(Class<T> type) throws Exception {
    long seed = new Random().nextLong();
    RandomRecords records = new RandomRecords(seed);
    for (int i = 0; i < 2_000; i++) {
      T record = type.cast(records.value(type));
      assertThat(copy(type, record)).as("record %d, seed %d", i, seed).isEqualTo(record);
    }
  }

  @Test
  void shouldReadWhatHasNoScore() throws IOException {
    ScoreUpdate update =
        new ScoreUpdate(
            "u", 1, 2, null, null, false, 3, "p", null, Cause.USER_REMOVED, null, false, null);

    assertThat(copy(ScoreUpdate.class, update)).isEqualTo(update);
  }

  static Stream<Arguments> inState() {
    return Stream.of(
        Arguments.of(
            DatedRuleChange.class,
            new DatedRuleChange(
                PolicyTimeline.ALWAYS,
                new PolicyChanged("p-1", NOON, new RowVersion(64, 96), true, "{}", true)),
            "02ffffffffffffffffff011b506f6c6963794368616e6765640607702d318098d2dfbf68028001c00101057b7d01"),
        Arguments.of(
            DatedRuleChange.class,
            new DatedRuleChange(
                NOON,
                new OutreachChanged(NOON, new RowVersion(64, 96), false, OutreachRules.DEFAULTS)),
            "028098d2dfbf681f4f757472656163684368616e676564048098d2dfbf68028001c001000a013c1cd00f1b46495253545f444543494445440f64656661756c74c09a0c020511667269656e646c7980897a1577696e6261636b2d7631237761726d20616e6420667269656e646c7900001172656b696e646c65"),
        Arguments.of(
            Decision.class,
            new Decision(
                "e-1",
                "u-1",
                Decision.Kind.EMAIL,
                Decision.Reason.AT_RISK,
                NOON,
                NOON - 1,
                "x-1",
                "friendly",
                new OutreachVariant("friendly", 1_000_000, "winback-v1", null, "10 %"),
                new BigDecimal("12.5000"),
                "p-1",
                "{}",
                1_000,
                CapOrder.VALUE_AT_STAKE,
                new BigDecimal("48.20"),
                new EmailFacts(
                    "u-1",
                    "Zoë",
                    Instant.ofEpochMilli(NOON - 250),
                    3,
                    new BigDecimal("49.99"),
                    List.of("books"),
                    "de-AT",
                    null)),
            "1007652d3107752d310b454d41494c0f41545f5249534b8098d2dfbf68fe97d2dfbf6807782d3111667269656e646c790511667269656e646c7980897a1577696e6261636b2d76310009313020250f31322e3530303007702d31057b7dd00f1d56414c55455f41545f5354414b450b34382e32300807752d31075a6feb01fe9e8cb00d80afd0e502060b34392e3939020b626f6f6b730b64652d415400"));
  }

  @ParameterizedTest
  @MethodSource("inState")
  <T> void shouldReadAndWriteTheBytesOfFormat1(Class<T> type, T record, String hex)
      throws IOException {
    assertThat(HexFormat.of().formatHex(bytes(type, record))).isEqualTo(hex);
    assertThat(read(type, HexFormat.of().parseHex(hex))).isEqualTo(record);
  }

  private static <T> T copy(Class<T> type, T record) throws IOException {
    return read(type, bytes(type, record));
  }

  private static <T> byte[] bytes(Class<T> type, T record) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    new RecordSerializer<>(type).serialize(record, out);
    return out.getCopyOfBuffer();
  }

  private static <T> T read(Class<T> type, byte[] bytes) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    T copy = new RecordSerializer<>(type).deserialize(in);
    assertThat(in.available()).isZero();
    return copy;
  }

  private static final class RandomRecords {

    private final Random random;

    RandomRecords(long seed) {
      random = new Random(seed);
    }

    Object value(Type type) throws ReflectiveOperationException {
      if (type == long.class) {
        return random.nextLong() >> random.nextInt(Long.SIZE);
      } else if (type == int.class) {
        return random.nextInt() >> random.nextInt(Integer.SIZE);
      } else if (type == double.class) {
        return random.nextBoolean() ? random.nextInt(101) : random.nextGaussian();
      } else if (type == double[].class) {
        return random.doubles(5).toArray();
      } else if (type == boolean.class) {
        return random.nextBoolean();
      } else if (type == String.class) {
        return "text " + random.nextInt(100_000);
      } else if (type == BigDecimal.class) {
        return random.nextInt(4) == 0 ? null : BigDecimal.valueOf(random.nextInt(), 4);
      } else if (type == Instant.class) {
        return random.nextInt(4) == 0 ? null : Instant.ofEpochMilli(random.nextInt());
      } else if (type instanceof ParameterizedType list) {
        List<Object> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          values.add(value(list.getActualTypeArguments()[0]));
        }
        return values;
      }
      return ofClass((Class<?>) type);
    }

    private Object ofClass(Class<?> type) throws ReflectiveOperationException {
      if (type.isEnum()) {
        return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
      } else if (type.isSealed()) {
        Class<?>[] members = type.getPermittedSubclasses();
        return ofClass(members[random.nextInt(members.length)]);
      }
      RecordComponent[] components = type.getRecordComponents();
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(components[i].getGenericType());
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return type.getDeclaredConstructor(types).newInstance(values);
    }
  }
}
