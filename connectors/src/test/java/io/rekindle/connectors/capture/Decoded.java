package io.rekindle.connectors.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.connectors.deadletter.Reason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Control;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Writes down what a decoder says of one record. */
final class Decoded implements ChangeDecoder.Receiver {

  final List<Change> changes = new ArrayList<>();
  final List<Control> controls = new ArrayList<>();
  final List<Long> ticks = new ArrayList<>();
  final List<Long> unremarkable = new ArrayList<>();
  Reason reason;
  String error;

  static Decoded by(ChangeDecoder decoder, ConsumerRecord<byte[], byte[]> message) {
    Decoded decoded = new Decoded();
    decoder.decode(message, decoded);
    return decoded;
  }

  static ConsumerRecord<byte[], byte[]> message(
      String topic, int partition, long timestamp, String key, String value) {
    return message(
        topic,
        partition,
        timestamp,
        key == null ? null : key.getBytes(UTF_8),
        value == null ? null : value.getBytes(UTF_8));
  }

  static ConsumerRecord<byte[], byte[]> message(
      String topic, int partition, long timestamp, byte[] key, byte[] value) {
    return new ConsumerRecord<>(
        topic,
        partition,
        7,
        timestamp,
        TimestampType.CREATE_TIME,
        key == null ? -1 : key.length,
        value == null ? -1 : value.length,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  int outcomes() {
    return changes.size()
        + controls.size()
        + ticks.size()
        + unremarkable.size()
        + (reason == null ? 0 : 1);
  }

  @Override
  public String toString() {
    return "%s %s %s %s %s %s".formatted(changes, controls, ticks, unremarkable, reason, error);
  }

  @Override
  public void changed(Change change) {
    changes.add(change);
  }

  @Override
  public void controlChanged(Control change) {
    controls.add(change);
  }

  @Override
  public void ticked(long commitTime) {
    ticks.add(commitTime);
  }

  @Override
  public void unremarkable(long commitTime) {
    unremarkable.add(commitTime);
  }

  @Override
  public void rejected(Reason rejection, String sentence) {
    reason = rejection;
    error = sentence;
  }
}
