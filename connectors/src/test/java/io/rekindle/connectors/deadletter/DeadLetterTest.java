package io.rekindle.connectors.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private static final String TOPIC = "rekindle.dead-letters";

  @Test
  void shouldComeBackAsItWasStored() {
    for (byte[] key : new byte[][] {null, {}, {1, -1}}) {
      for (byte[] value : new byte[][] {null, {}, {'{', 0, -1}}) {
        DeadLetter letter = letter(key, value);
        assertThat(DeadLetter.from(stored(letter.toRecord(TOPIC)))).isEqualTo(letter);
      }
    }
  }

  @Test
  void shouldBeTheSameRecordWhenRefusedAgain() {
    ProducerRecord<byte[], byte[]> record = letter(null, new byte[] {1}).toRecord(TOPIC);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("rekindle.shop.orders-3-42");
    assertThat(record.value()).containsExactly(1);
  }

  @Test
  void shouldBoundTheSentence() {
    DeadLetter letter =
        new DeadLetter(
            "t", 0, 0, 0, null, null, DeadLetterReason.NOT_JSON, "x".repeat(5_000), "0.1.0");
    assertThat(letter.error()).hasSize(1_000);
  }

  @Test
  void shouldNameTheHeaderThatARecordLacks() {
    ProducerRecord<byte[], byte[]> record = letter(null, null).toRecord(TOPIC);
    record.headers().remove(DeadLetter.REASON_HEADER);
    assertThatThrownBy(() -> DeadLetter.from(stored(record)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rekindle.reason");
  }

  @Test
  void shouldNameTheHeaderThatIsNoNumber() {
    ProducerRecord<byte[], byte[]> record = letter(null, null).toRecord(TOPIC);
    record.headers().add(DeadLetter.OFFSET_HEADER, "many".getBytes(UTF_8));
    assertThatThrownBy(() -> DeadLetter.from(stored(record)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'many' in header rekindle.offset");
  }

  private static DeadLetter letter(byte[] key, byte[] value) {
    return new DeadLetter(
        "rekindle.shop.orders",
        3,
        42,
        1_795_301_670_638L,
        key,
        value,
        DeadLetterReason.NOT_JSON,
        "Kein gültiges JSON",
        "0.1.0");
  }

  private static ConsumerRecord<byte[], byte[]> stored(ProducerRecord<byte[], byte[]> record) {
    return new ConsumerRecord<>(
        record.topic(),
        0,
        1,
        0,
        TimestampType.CREATE_TIME,
        record.key().length,
        record.value() == null ? -1 : record.value().length,
        record.key(),
        record.value(),
        new RecordHeaders(record.headers()),
        Optional.empty());
  }
}
