package io.rekindle.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

class ClockRoutingTest {

  private static final Schema ROW =
      SchemaBuilder.struct()
          .optional()
          .field("topic", Schema.OPTIONAL_STRING_SCHEMA)
          .field("partition", Schema.OPTIONAL_INT32_SCHEMA)
          .build();
  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .field("schema", Schema.STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .build();
  private static final Schema ENVELOPE =
      SchemaBuilder.struct()
          .field("after", ROW)
          .field("source", SOURCE)
          .field("op", Schema.STRING_SCHEMA)
          .build();

  private final ClockRouting<SourceRecord> routing = new ClockRouting<>();

  @Test
  void shouldSendATickWhereItsRowSays() {
    SourceRecord tick = event("engagement", "clock", "u", row("rekindle.shop.users", 3));
    SourceRecord routed = routing.apply(tick);
    assertThat(routed.topic()).isEqualTo("rekindle.shop.users");
    assertThat(routed.kafkaPartition()).isEqualTo(3);
    assertThat(routed.value()).isEqualTo(tick.value());
    assertThat(routed.sourceOffset()).isEqualTo(tick.sourceOffset());
  }

  @Test
  void shouldDropWhatProvesNothing() {
    assertThat(routing.apply(event("engagement", "clock", "r", row("t", 0)))).isNull();
    assertThat(routing.apply(event("engagement", "clock", "d", null))).isNull();
  }

  @Test
  void shouldLetEverythingElsePass() {
    SourceRecord order = event("shop", "orders", "u", row("t", 0));
    assertThat(routing.apply(order)).isSameAs(order);
    SourceRecord otherClock = event("shop", "clock", "u", row("t", 0));
    assertThat(routing.apply(otherClock)).isSameAs(otherClock);
    SourceRecord heartbeat = record(null, null);
    assertThat(routing.apply(heartbeat)).isSameAs(heartbeat);
    Schema schema = SchemaBuilder.struct().field("ts_ms", Schema.INT64_SCHEMA).build();
    SourceRecord otherStruct = record(schema, new Struct(schema).put("ts_ms", 1L));
    assertThat(routing.apply(otherStruct)).isSameAs(otherStruct);
  }

  @Test
  void shouldNameWhatARowLacks() {
    assertThatThrownBy(() -> routing.apply(event("engagement", "clock", "u", row(null, 3))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("topic null and partition 3");
    assertThatThrownBy(() -> routing.apply(event("engagement", "clock", "u", null)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no after");
  }

  @Test
  void shouldBeFoundByTheConnectWorker() {
    assertThat(ServiceLoader.load(Transformation.class))
        .anyMatch(transformation -> transformation instanceof ClockRouting);
  }

  private static Struct row(String topic, Integer partition) {
    return new Struct(ROW).put("topic", topic).put("partition", partition);
  }

  private static SourceRecord event(String schema, String table, String op, Struct after) {
    return record(
        ENVELOPE,
        new Struct(ENVELOPE)
            .put("after", after)
            .put("source", new Struct(SOURCE).put("schema", schema).put("table", table))
            .put("op", op));
  }

  private static SourceRecord record(Schema schema, Struct value) {
    return new SourceRecord(
        Map.of("server", "rekindle"),
        Map.of("lsn", 1L),
        "rekindle.engagement.clock",
        null,
        null,
        null,
        schema,
        value);
  }
}
