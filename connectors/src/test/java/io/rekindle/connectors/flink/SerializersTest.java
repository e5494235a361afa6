package io.rekindle.connectors.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SerializersTest {

  private static final long NOON = 1_795_262_400_000L;
  private static final RowVersion VERSION = new RowVersion(24_023_119, 24_023_128);

  @Test
  void shouldReadBackAnyChange() throws IOException {
    long seed = new SplittableRandom().nextLong();
    assertRoundTrips(new ChangeSerializer(), new RandomEvents(seed)::change, seed);
  }

  @Test
  void shouldReadBackAnyPolicyChange() throws IOException {
    long seed = new SplittableRandom().nextLong();
    assertRoundTrips(
        new RecordSerializer<>(PolicyChanged.class), new RandomEvents(seed)::policy, seed);
  }

  @Test
  void shouldReadBackAnyChangeOfOutreach() throws IOException {
    long seed = new SplittableRandom().nextLong();
    assertRoundTrips(
        new RecordSerializer<>(OutreachChanged.class), new RandomEvents(seed)::outreach, seed);
  }

  @Test
  void shouldReadBackAnyRuleChange() throws IOException {
    long seed = new SplittableRandom().nextLong();
    assertRoundTrips(
        new RecordSerializer<>(RuleChange.class), new RandomEvents(seed)::ruleChange, seed);
  }

  @Test
  void shouldReadBackAnyDeadLetter() throws IOException {
    long seed = new SplittableRandom().nextLong();
    assertRoundTrips(
        new RecordSerializer<>(DeadLetter.class), new RandomEvents(seed)::deadLetter, seed);
  }

  @Test
  void shouldReadBackAnyCdcRecord() throws IOException {
    long seed = new SplittableRandom().nextLong();
    RandomEvents events = new RandomEvents(seed);
    @SuppressWarnings("unchecked") // A class object knows no type arguments.
    Class<CdcRecord<Change>> type = (Class<CdcRecord<Change>>) (Class<?>) CdcRecord.class;
    assertRoundTrips(
        new RecordSerializer<>(type, Change.class),
        () -> new CdcRecord<>(events.change(), null, NOON, null),
        seed);
    assertRoundTrips(
        new RecordSerializer<>(type, Change.class),
        () -> CdcRecord.deadLetter(events.deadLetter()),
        seed);
  }

  private record Before(String name, List<Before.Inner> inners) {

    record Inner(int number) {}
  }

  private record After(
      String name, List<After.Inner> inners, String text, long time, boolean flag) {

    record Inner(int number, double share) {}
  }

  @Test
  void shouldReadARecordThatWasStoredBeforeItHadAllComponents() throws IOException {
    byte[] stored =
        bytes(
            new RecordSerializer<>(Before.class),
            new Before("n", List.of(new Before.Inner(1), new Before.Inner(2))));
    assertThat(new RecordSerializer<>(After.class).deserialize(new DataInputDeserializer(stored)))
        .isEqualTo(
            new After("n", List.of(new After.Inner(1, 0), new After.Inner(2, 0)), null, 0, false));
  }

  @Test
  void shouldRefuseARecordThatANewerJobStored() throws IOException {
    byte[] stored =
        bytes(new RecordSerializer<>(After.class), new After("n", List.of(), "t", 1, true));
    assertThatThrownBy(
            () ->
                new RecordSerializer<>(Before.class).deserialize(new DataInputDeserializer(stored)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer job");
  }

  @Test
  void shouldRefuseARecordWithAPartThatHasNoForm() {
    record Unknown(Object anything) {}
    assertThatThrownBy(() -> new RecordSerializer<>(Unknown.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void shouldNotTakeTheStateOfAnotherRecord() {
    assertThat(
            new RecordSerializer<>(After.class)
                .snapshotConfiguration()
                .resolveSchemaCompatibility(
                    castSnapshot(new RecordSerializer<>(Before.class).snapshotConfiguration()))
                .isIncompatible())
        .isTrue();
  }

  @SuppressWarnings("unchecked") // What Flink does with whatever snapshot it finds.
  private static <T> TypeSerializerSnapshot<T> castSnapshot(TypeSerializerSnapshot<?> snapshot) {
    return (TypeSerializerSnapshot<T>) snapshot;
  }

  static Stream<Arguments> formatVersion1() {
    return Stream.of(
        Arguments.of(
            new ChangeSerializer(),
            new OrderChanged(
                "u-1",
                NOON,
                VERSION,
                false,
                "o-1",
                NOON - 250,
                5_990,
                "EUR",
                OrderChanged.Kind.REFUNDED),
            "1007752d318098d2dfbf68cfa0ba0b12076f2d31f403cc5d16b2"),
        Arguments.of(
            new ChangeSerializer(),
            new OrderRemoved("u-1", NOON, VERSION, false, "o-1", true),
            "1107752d318098d2dfbf68cfa0ba0b12076f2d31"),
        Arguments.of(
            new ChangeSerializer(),
            new UserChanged(
                "ü",
                NOON,
                new RowVersion(24_023_119, 0),
                true,
                "a@example.com",
                UserChanged.UNCHANGED,
                List.of("本"),
                "UTC",
                null,
                true,
                NOON - 1),
            "1a03fc8098d2dfbf68cfa0ba0b9dc1f4161b61406578616d706c652e636f6d1500756e6368616e6765640208e69cac075554430002"),
        Arguments.of(
            new ChangeSerializer(),
            new UserRemoved("u-1", NOON, VERSION, false),
            "0307752d318098d2dfbf68cfa0ba0b12"),
        Arguments.of(
            new ChangeSerializer(),
            new Contacted("u-1", NOON, VERSION, false, "e-1", NOON + 1),
            "0407752d318098d2dfbf68cfa0ba0b1207652d3101"),
        Arguments.of(
            new ChangeSerializer(),
            new OverrideChanged("u-1", NOON, VERSION, false, 7, NOON, NOON + 86_400_000),
            "0507752d318098d2dfbf68cfa0ba0b120e00ffefb252"),
        Arguments.of(
            new ChangeSerializer(),
            new OverrideRemoved("u-1", NOON, VERSION, false),
            "0607752d318098d2dfbf68cfa0ba0b12"),
        Arguments.of(
            new ChangeSerializer(),
            new SuppressionChanged("u-1", NOON, VERSION, false, "a@b", "BOUNCED"),
            "1707752d318098d2dfbf68cfa0ba0b12076140620f424f554e434544"),
        Arguments.of(
            new ChangeSerializer(),
            new SuppressionRemoved("u-1", NOON, VERSION, false),
            "0707752d318098d2dfbf68cfa0ba0b12"),
        Arguments.of(
            new RecordSerializer<>(OutreachChanged.class),
            new OutreachChanged(NOON, VERSION, true, OutreachRules.DEFAULTS),
            "048098d2dfbf68029ec1f416b0c1f416010a013c1cd00f1b46495253545f444543494445440f64656661756c74c09a0c020511667269656e646c7980897a1577696e6261636b2d7631237761726d20616e6420667269656e646c7900001172656b696e646c65"),
        Arguments.of(
            new RecordSerializer<>(RuleChange.class),
            new OutreachChanged(NOON, VERSION, false, OutreachRules.DEFAULTS),
            "1f4f757472656163684368616e676564048098d2dfbf68029ec1f416b0c1f416000a013c1cd00f1b46495253545f444543494445440f64656661756c74c09a0c020511667269656e646c7980897a1577696e6261636b2d7631237761726d20616e6420667269656e646c7900001172656b696e646c65"),
        Arguments.of(
            new RecordSerializer<>(RuleChange.class),
            new PolicyChanged("p-1", NOON, VERSION, true, "{}", true),
            "1b506f6c6963794368616e6765640607702d318098d2dfbf68029ec1f416b0c1f41601057b7d01"),
        Arguments.of(
            new RecordSerializer<>(PolicyChanged.class),
            new PolicyChanged("p-1", NOON, VERSION, true, "{}", true),
            "0607702d318098d2dfbf68029ec1f416b0c1f41601057b7d01"),
        Arguments.of(
            new RecordSerializer<>(DeadLetter.class),
            new DeadLetter(
                "t",
                3,
                9,
                NOON,
                new byte[] {1},
                null,
                DeadLetterReason.NULL_VALUE,
                "null",
                "0.1.0"),
            "09037406128098d2dfbf68020100154e554c4c5f56414c5545096e756c6c0b302e312e30"));
  }

  @ParameterizedTest
  @MethodSource("formatVersion1")
  <T> void shouldReadAndWriteTheBytesOfFormat1(TypeSerializer<T> serializer, T event, String hex)
      throws IOException {
    byte[] stored = HexFormat.of().parseHex(hex);
    assertThat(serializer.deserialize(new DataInputDeserializer(stored))).isEqualTo(event);
    assertThat(HexFormat.of().formatHex(bytes(serializer, event))).isEqualTo(hex);
  }

  @Test
  void shouldTakeLittleRoomForAnOrder() throws IOException {
    Change order =
        new OrderChanged(
            "user-00012345",
            NOON,
            VERSION,
            false,
            "order-000123456789",
            NOON - 250,
            5_990,
            "EUR",
            OrderChanged.Kind.PLACED);
    assertThat(bytes(new ChangeSerializer(), order)).hasSizeLessThan(58);
  }

  @Test
  void shouldRestoreASerializerFromItsSnapshot() throws IOException {
    for (TypeSerializer<?> serializer :
        List.of(
            new ChangeSerializer(),
            new RecordSerializer<>(PolicyChanged.class),
            new RecordSerializer<>(OutreachChanged.class),
            new RecordSerializer<>(RuleChange.class),
            new RecordSerializer<>(DeadLetter.class))) {
      assertRestores(serializer);
    }
  }

  /** State from before there was a control group. */
  @Test
  void shouldReadRulesOfOutreachWithoutAControlGroup() throws IOException {
    byte[] before =
        HexFormat.of()
            .parseHex(
                "048098d2dfbf68029ec1f416b0c1f4160108013c1cd00f1b46495253545f444543494445440f64656661756c74c09a0c020511667269656e646c7980897a1577696e6261636b2d7631237761726d20616e6420667269656e646c7900");
    assertThat(
            new RecordSerializer<>(OutreachChanged.class)
                .deserialize(new DataInputDeserializer(before)))
        .isEqualTo(new OutreachChanged(NOON, VERSION, true, OutreachRules.DEFAULTS));
  }

  private static <T> void assertRestores(TypeSerializer<T> serializer) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<T> restored =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()),
            SerializersTest.class.getClassLoader());
    assertThat(restored.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(restored)
                .isCompatibleAsIs())
        .isTrue();
  }

  @Test
  void shouldRefuseASavepointOfANewerFormat() {
    assertThatThrownBy(
            () ->
                new ChangeSerializer.Snapshot()
                    .readSnapshot(
                        2,
                        new DataInputDeserializer(new byte[0]),
                        SerializersTest.class.getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer job");
  }

  private static <T> void assertRoundTrips(
      TypeSerializer<T> serializer, Supplier<T> events, long seed) throws IOException {
    for (int i = 0; i < 20_000; i++) {
      T event = events.get();
      byte[] bytes = bytes(serializer, event);
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      assertThat(serializer.deserialize(in)).as("event %d, seed %d", i, seed).isEqualTo(event);
      assertThat(in.available()).as("event %d, seed %d", i, seed).isZero();
      DataOutputSerializer copy = new DataOutputSerializer(64);
      serializer.copy(new DataInputDeserializer(bytes), copy);
      assertThat(copy.getCopyOfBuffer()).as("event %d, seed %d", i, seed).isEqualTo(bytes);
    }
  }

  private static <T> byte[] bytes(TypeSerializer<T> serializer, T event) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(event, out);
    return out.getCopyOfBuffer();
  }
}
