package io.rekindle.bench;

import io.rekindle.connectors.cdc.Beat;
import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** What the decoder makes of messages. */
final class Decoded implements ChangeDecoder.Receiver {

  final List<Change> changes = new ArrayList<>();
  final List<RuleChange> ruleChanges = new ArrayList<>();
  final List<String> refused = new ArrayList<>();
  final List<Long> ticks = new ArrayList<>();
  private final ChangeDecoder decoder = new ChangeDecoder();

  void decode(DebeziumMessages.Message message) {
    decoder.decode(record(message), this);
  }

  private static ConsumerRecord<byte[], byte[]> record(DebeziumMessages.Message message) {
    return new ConsumerRecord<>(
        message.topic(),
        message.partition(),
        0,
        System.currentTimeMillis(),
        TimestampType.CREATE_TIME,
        message.key().length(),
        message.value().length(),
        message.key().getBytes(StandardCharsets.UTF_8),
        message.value().getBytes(StandardCharsets.UTF_8),
        new RecordHeaders(),
        Optional.empty());
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
    ticks.add(commitTime);
  }

  @Override
  public void noStateChange(long commitTime) {
    refused.add("a change without a state change");
  }

  @Override
  public void clockAhead(long aheadMs) {
    refused.add("a commit in the future");
  }

  @Override
  public void otherDatabase(String database) {
    refused.add("a change of the database " + database);
  }

  @Override
  public void unknownCommitPosition() {
    refused.add("a change without a commit position");
  }

  @Override
  public void rejected(DeadLetterReason reason, String error) {
    refused.add(reason + ": " + error);
  }
}
