package io.rekindle.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Writes down what a decoder says of one record. */
public final class RecordingReceiver implements ChangeDecoder.Receiver {

  final List<Change> changes = new ArrayList<>();
  final List<RuleChange> ruleChanges = new ArrayList<>();
  final List<Long> ticks = new ArrayList<>();
  final List<Beat> beats = new ArrayList<>();
  final List<Long> noStateChange = new ArrayList<>();
  final List<String> otherDatabases = new ArrayList<>();
  long clockAheadMs;
  int unknownCommitPositions;
  DeadLetterReason reason;
  String error;

  static RecordingReceiver by(ChangeDecoder decoder, ConsumerRecord<byte[], byte[]> message) {
    RecordingReceiver decoded = new RecordingReceiver();
    decoder.decode(message, decoded);
    return decoded;
  }

  public static ConsumerRecord<byte[], byte[]> message(
      String topic, int partition, long timestamp, String key, String value) {
    return message(
        topic,
        partition,
        timestamp,
        key == null ? null : key.getBytes(UTF_8),
        value == null ? null : value.getBytes(UTF_8));
  }

  public static ConsumerRecord<byte[], byte[]> message(
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
        + ruleChanges.size()
        + ticks.size()
        + noStateChange.size()
        + (reason == null ? 0 : 1);
  }

  @Override
  public String toString() {
    return "%s %s %s %s %s %s".formatted(changes, ruleChanges, ticks, noStateChange, reason, error);
  }

  @Override
  public void changed(Change change) {
    changes.add(change);
  }

  @Override
  public void ruleChanged(RuleChange change) {
    ruleChanges.add(change);
  }

  @Override
  public void ticked(long commitTime, Beat beat) {
    beats.add(beat);
    ticks.add(commitTime);
  }

  @Override
  public void noStateChange(long commitTime) {
    noStateChange.add(commitTime);
  }

  @Override
  public void clockAhead(long aheadMs) {
    clockAheadMs = aheadMs;
  }

  @Override
  public void otherDatabase(String database) {
    otherDatabases.add(database);
  }

  @Override
  public void unknownCommitPosition() {
    unknownCommitPositions++;
  }

  @Override
  public void rejected(DeadLetterReason rejection, String sentence) {
    reason = rejection;
    error = sentence;
  }
}
