package io.rekindle.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.deadletter.Reason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Control;
import io.rekindle.connectors.events.OutreachChanged;
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

class CapturedDeserializerTest {

  private static final String ORDERS = "rekindle.shop.orders";
  private static final String WATERMARK = "rekindle.topic." + ORDERS + ".partition.2.watermark";
  private static final long COMMIT_TIME = Events.COMMIT_TIME;

  private final Map<String, Object> metrics = new HashMap<>();
  private final CapturedDeserializer<Change> changes = CapturedDeserializer.ofChanges();
  private final CapturedDeserializer<Control> controls = CapturedDeserializer.ofControls();

  @BeforeEach
  void open() {
    changes.open(context(metrics));
    controls.open(context(new HashMap<>()));
  }

  @Test
  void shouldProveTheCommitTimeOfAStreamedChange() throws IOException {
    Captured<Change> captured = one(order("c"));
    assertThat(captured.isChange()).isTrue();
    assertThat(captured.change().userId()).isEqualTo("u-1");
    assertThat(captured.provenTime()).isEqualTo(COMMIT_TIME);
    assertThat(watermark()).isEqualTo(COMMIT_TIME);
  }

  @Test
  void shouldProveNothingByASnapshotRow() throws IOException {
    assertThat(one(order("r")).provenTime()).isEqualTo(Captured.PROVES_NOTHING);
    assertThat(watermark()).isEqualTo(-1);
  }

  @Test
  void shouldProveNothingByADeadLetter() throws IOException {
    Captured<Change> captured = one("{");
    assertThat(captured.isDeadLetter()).isTrue();
    assertThat(captured.provenTime()).isEqualTo(Captured.PROVES_NOTHING);
    assertThat(captured.deadLetter().id()).isEqualTo(ORDERS + "-2-7");
    assertThat(captured.deadLetter().value()).isEqualTo(new byte[] {'{'});
    assertThat(captured.deadLetter().reason()).isEqualTo(Reason.NOT_JSON);
    assertThat(count("deadLetters")).isEqualTo(1);
    assertThat(watermark()).isEqualTo(-1);
  }

  @Test
  void shouldCountTicksThatProveTime() throws IOException {
    String row = "{\"topic\":\"" + ORDERS + "\",\"partition\":2}";
    Captured<Change> captured = one(Events.event("engagement.clock", "u", "null", row));
    assertThat(captured).isEqualTo(Captured.progress(COMMIT_TIME));
    assertThat(count("ticks")).isEqualTo(1);
  }

  @Test
  void shouldSoundTheAlarmOnTruncate() throws IOException {
    Captured<Change> captured = one(Events.event("shop.orders", "t", "null", "null"));
    assertThat(captured.deadLetter().reason()).isEqualTo(Reason.TRUNCATE);
    assertThat(count("truncates")).isEqualTo(1);
  }

  @Test
  void shouldGiveTwoChangesForAnOrderThatMoved() throws IOException {
    String old = Events.ORDER.replace("u-1", "u-0");
    assertThat(read(changes, Events.event("shop.orders", "u", old, Events.ORDER)))
        .extracting(captured -> captured.change().userId())
        .containsExactly("u-0", "u-1");
  }

  @Test
  void shouldRefuseATableThatBelongsInAnotherTopic() throws IOException {
    assertThat(read(controls, order("c")))
        .singleElement()
        .satisfies(
            captured -> assertThat(captured.deadLetter().reason()).isEqualTo(Reason.UNKNOWN_TABLE));
  }

  @Test
  void shouldGiveRulesOfOutreachAsAControl() throws IOException {
    assertThat(
            read(
                controls,
                Events.event("engagement.outreach_settings", "r", "null", Events.OUTREACH)))
        .singleElement()
        .satisfies(
            captured -> {
              assertThat(captured.change()).isInstanceOf(OutreachChanged.class);
              assertThat(captured.provenTime()).isEqualTo(Captured.PROVES_NOTHING);
            });
    assertThat(
            read(
                changes,
                Events.event("engagement.outreach_settings", "r", "null", Events.OUTREACH)))
        .singleElement()
        .satisfies(
            captured -> assertThat(captured.deadLetter().reason()).isEqualTo(Reason.UNKNOWN_TABLE));
  }

  @Test
  void shouldHaveASerializerForWhateverItEmits() throws IOException {
    TypeSerializer<Captured<Change>> serializer =
        changes.getProducedType().createSerializer(new SerializerConfigImpl());
    String tick = "{\"topic\":\"" + ORDERS + "\",\"partition\":2}";
    for (String value :
        List.of(order("c"), order("r"), "{", Events.event("engagement.clock", "u", "null", tick))) {
      Captured<Change> captured = one(value);
      DataOutputSerializer out = new DataOutputSerializer(64);
      serializer.serialize(captured, out);
      assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
          .isEqualTo(captured);
    }
  }

  private static String order(String op) {
    return Events.event("shop.orders", op, "null", Events.ORDER);
  }

  private Captured<Change> one(String value) throws IOException {
    List<Captured<Change>> all = read(changes, value);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static <T> List<Captured<T>> read(CapturedDeserializer<T> deserializer, String value)
      throws IOException {
    ConsumerRecord<byte[], byte[]> message =
        Decoded.message(ORDERS, 2, COMMIT_TIME, "{\"id\":1}", value);
    List<Captured<T>> all = new ArrayList<>();
    deserializer.deserialize(
        message,
        new Collector<>() {
          @Override
          public void collect(Captured<T> captured) {
            all.add(captured);
          }

          @Override
          public void close() {}
        });
    return all;
  }

  private long watermark() {
    return (Long) ((Gauge<?>) metrics.get(WATERMARK)).getValue();
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
        return SimpleUserCodeClassLoader.create(CapturedDeserializerTest.class.getClassLoader());
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
