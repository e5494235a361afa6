package io.rekindle.connectors.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.cdc.DebeziumEvents;
import io.rekindle.connectors.cdc.RecordingReceiver;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.RuleChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CdcRecordDeserializerTest {

  private static final String ORDERS = "rekindle.shop.orders";
  private static final String WATERMARK = "rekindle.topic." + ORDERS + ".partition.2.watermark";
  private static final long COMMIT_TIME = DebeziumEvents.COMMIT_TIME;

  private final Map<String, Object> metrics = new HashMap<>();
  private final CdcRecordDeserializer<Change> changes = CdcRecordDeserializer.ofChanges();
  private final CdcRecordDeserializer<RuleChange> ruleChanges =
      CdcRecordDeserializer.ofRuleChanges();

  @BeforeEach
  void open() {
    changes.open(context(metrics));
    ruleChanges.open(context(new HashMap<>()));
  }

  @Test
  void shouldProveTheCommitTimeOfAStreamedChange() throws IOException {
    CdcRecord<Change> record = one(order("c"));
    assertThat(record.isChange()).isTrue();
    assertThat(record.change().userId()).isEqualTo("u-1");
    assertThat(record.completeUntil()).isEqualTo(COMMIT_TIME);
    assertThat(watermark()).isEqualTo(COMMIT_TIME);
  }

  @Test
  void shouldProveNothingByASnapshotRow() throws IOException {
    assertThat(one(order("r")).completeUntil()).isEqualTo(CdcRecord.COMPLETENESS_UNKNOWN);
    assertThat(watermark()).isEqualTo(-1);
  }

  @Test
  void shouldProveNothingByADeadLetter() throws IOException {
    CdcRecord<Change> record = one("{");
    assertThat(record.isDeadLetter()).isTrue();
    assertThat(record.completeUntil()).isEqualTo(CdcRecord.COMPLETENESS_UNKNOWN);
    assertThat(record.deadLetter().id()).isEqualTo(ORDERS + "-2-7");
    assertThat(record.deadLetter().value()).isEqualTo(new byte[] {'{'});
    assertThat(record.deadLetter().reason()).isEqualTo(DeadLetterReason.NOT_JSON);
    assertThat(count("deadLetters")).isEqualTo(1);
    assertThat(watermark()).isEqualTo(-1);
  }

  @Test
  void shouldCountTicksThatProveTime() throws IOException {
    String row = "{\"topic\":\"" + ORDERS + "\",\"partition\":2}";
    CdcRecord<Change> record = one(DebeziumEvents.event("engagement.clock", "u", "null", row));
    assertThat(record).isEqualTo(CdcRecord.progress(COMMIT_TIME));
    assertThat(count("ticks")).isEqualTo(1);
  }

  @Test
  void shouldSoundTheAlarmOnTruncate() throws IOException {
    CdcRecord<Change> record = one(DebeziumEvents.event("shop.orders", "t", "null", "null"));
    assertThat(record.deadLetter().reason()).isEqualTo(DeadLetterReason.TRUNCATE);
    assertThat(count("truncates")).isEqualTo(1);
  }

  @Test
  void shouldGiveTwoChangesForAnOrderThatMoved() throws IOException {
    String old = DebeziumEvents.ORDER.replace("u-1", "u-0");
    assertThat(read(changes, DebeziumEvents.event("shop.orders", "u", old, DebeziumEvents.ORDER)))
        .extracting(record -> record.change().userId())
        .containsExactly("u-0", "u-1");
  }

  @Test
  void shouldRefuseATableThatBelongsInAnotherTopic() throws IOException {
    assertThat(read(ruleChanges, order("c")))
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.deadLetter().reason()).isEqualTo(DeadLetterReason.UNKNOWN_TABLE));
  }

  @Test
  void shouldGiveRulesOfOutreachAsAControl() throws IOException {
    assertThat(
            read(
                ruleChanges,
                DebeziumEvents.event(
                    "engagement.outreach_settings", "r", "null", DebeziumEvents.OUTREACH)))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.change()).isInstanceOf(OutreachChanged.class);
              assertThat(record.completeUntil()).isEqualTo(CdcRecord.COMPLETENESS_UNKNOWN);
            });
    assertThat(
            read(
                changes,
                DebeziumEvents.event(
                    "engagement.outreach_settings", "r", "null", DebeziumEvents.OUTREACH)))
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.deadLetter().reason()).isEqualTo(DeadLetterReason.UNKNOWN_TABLE));
  }

  @Test
  void shouldHaveASerializerForWhateverItEmits() throws IOException {
    TypeSerializer<CdcRecord<Change>> serializer =
        changes.getProducedType().createSerializer(new SerializerConfigImpl());
    String tick = "{\"topic\":\"" + ORDERS + "\",\"partition\":2}";
    for (String value :
        List.of(
            order("c"),
            order("r"),
            "{",
            DebeziumEvents.event("engagement.clock", "u", "null", tick))) {
      CdcRecord<Change> record = one(value);
      DataOutputSerializer out = new DataOutputSerializer(64);
      serializer.serialize(record, out);
      assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
          .isEqualTo(record);
    }
  }

  @Test
  void shouldNotLetTimeJumpWhenTheDatabaseIsAnHourAhead() throws IOException {
    long kafkaTime = COMMIT_TIME - 3_600_000;
    CdcRecord<Change> record = read(changes, order("c"), kafkaTime).get(0);
    assertThat(record.isChange()).isTrue();
    assertThat(record.completeUntil()).isEqualTo(kafkaTime + 60_000);
    assertThat(watermark()).isEqualTo(kafkaTime + 60_000);
    assertThat(count("clockAhead")).isEqualTo(1);
    assertThat(count("deadLetters")).isZero();
  }

  @Test
  void shouldTellHowFarTheDatabasesClockWentBack() throws IOException {
    String behind = WATERMARK.replace("watermark", "commitBehindMs");
    read(changes, order("c"), COMMIT_TIME);
    assertThat(gauge(behind)).isZero();
    read(changes, order("c").replace("" + COMMIT_TIME, "" + (COMMIT_TIME - 3_600_000)));
    assertThat(gauge(behind)).isEqualTo(3_600_000);
    assertThat(watermark()).isEqualTo(COMMIT_TIME);
    read(changes, order("c"), COMMIT_TIME);
    assertThat(gauge(behind)).isZero();
  }

  @Test
  void shouldCountRecordsOfAnotherDatabase() throws IOException {
    read(changes, order("c"));
    read(changes, order("c").replace("\"db\":\"rekindle\"", "\"db\":\"staging\""));
    assertThat(count("otherDatabase")).isEqualTo(1);
  }

  private static String order(String op) {
    return DebeziumEvents.event("shop.orders", op, "null", DebeziumEvents.ORDER);
  }

  private CdcRecord<Change> one(String value) throws IOException {
    List<CdcRecord<Change>> all = read(changes, value);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static <T> List<CdcRecord<T>> read(CdcRecordDeserializer<T> deserializer, String value)
      throws IOException {
    return read(deserializer, value, COMMIT_TIME);
  }

  private static <T> List<CdcRecord<T>> read(
      CdcRecordDeserializer<T> deserializer, String value, long kafkaTime) throws IOException {
    ConsumerRecord<byte[], byte[]> message =
        RecordingReceiver.message(ORDERS, 2, kafkaTime, "{\"id\":1}", value);
    List<CdcRecord<T>> all = new ArrayList<>();
    deserializer.deserialize(
        message,
        new Collector<>() {
          @Override
          public void collect(CdcRecord<T> record) {
            all.add(record);
          }

          @Override
          public void close() {}
        });
    return all;
  }

  private long watermark() {
    return gauge(WATERMARK);
  }

  private long gauge(String name) {
    return (Long) ((Gauge<?>) metrics.get(name)).getValue();
  }

  private long count(String name) {
    return ((Counter) metrics.get("rekindle." + name)).getCount();
  }

  private static InitializationContext context(Map<String, Object> metrics) {
    return new InitializationContext() {
      @Override
      public MetricGroup getMetricGroup() {
        return new NamingGroup("", metrics);
      }

      @Override
      public UserCodeClassLoader getUserCodeClassLoader() {
        return SimpleUserCodeClassLoader.create(CdcRecordDeserializerTest.class.getClassLoader());
      }
    };
  }

  /** Keeps metrics by their full name. */
  private static final class NamingGroup extends UnregisteredMetricsGroup {

    private final String prefix;
    private final Map<String, Object> metrics;

    NamingGroup(String prefix, Map<String, Object> metrics) {
      this.prefix = prefix;
      this.metrics = metrics;
    }

    @Override
    public MetricGroup addGroup(String name) {
      return new NamingGroup(prefix + name + ".", metrics);
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return addGroup(key).addGroup(value);
    }

    @Override
    public Counter counter(String name) {
      Counter counter = super.counter(name);
      metrics.put(prefix + name, counter);
      return counter;
    }

    @Override
    public <V, G extends Gauge<V>> G gauge(String name, G gauge) {
      metrics.put(prefix + name, gauge);
      return gauge;
    }

    @Override
    public String getMetricIdentifier(String name, CharacterFilter filter) {
      return prefix + name;
    }
  }
}
