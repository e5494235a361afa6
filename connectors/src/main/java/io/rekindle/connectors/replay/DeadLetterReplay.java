package io.rekindle.connectors.replay;

import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.cdc.NoOpReceiver;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Sends a dead letter's record to its original topic and partition, unchanged or repaired. The
 * pipeline orders changes by row version, so a second replay has no effect. The row of a late one
 * may be deleted meanwhile, see {@link #missingRow}. Not thread-safe.
 */
public final class DeadLetterReplay {

  private final Producer<byte[], byte[]> producer;
  private final ChangeDecoder decoder = new ChangeDecoder();

  public DeadLetterReplay(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Returns the letter with another key or value; null keeps the present one. */
  public static DeadLetter repaired(DeadLetter letter, byte[] key, byte[] value) {
    return letter.with(key == null ? letter.key() : key, value == null ? letter.value() : value);
  }

  /**
   * Returns the reason why the pipeline would refuse the record again; empty if it would accept it.
   *
   * @param now the timestamp of the replayed record, epoch milliseconds
   */
  public Optional<String> rejection(DeadLetter letter, long now) {
    if (letter.reason() == DeadLetterReason.INVALID_POLICY) {
      return Optional.of(
          letter.error()
              + ": correct the row in engagement.scoring_policies, which sends a new event");
    }
    if (letter.reason() == DeadLetterReason.INVALID_MODEL) {
      return Optional.of(
          letter.error() + ": correct the row in engagement.models, which sends a new event");
    }
    if (letter.reason() == DeadLetterReason.REFUSED_BY_DATABASE) {
      return Optional.of(
          letter.error()
              + ": it is no record of a topic, and the corrected row makes a new result");
    }
    return Optional.ofNullable(decode(letter, now).rejection);
  }

  /**
   * Names the row that the replay would bring back although it was deleted or moved since; empty if
   * it is still there.
   *
   * @param connection a connection of a role that reads both schemas
   * @param now the timestamp of the replayed record, epoch milliseconds
   */
  public Optional<String> missingRow(DeadLetter letter, Connection connection, long now)
      throws SQLException {
    CurrentRows rows = new CurrentRows(connection);
    DecodedReceiver decoded = decode(letter, now);
    Optional<String> missing = Optional.empty();
    if (decoded.ruleChange != null) {
      missing = rows.missing(decoded.ruleChange);
    }
    for (int i = 0; i < decoded.changes.size() && missing.isEmpty(); i++) {
      missing = rows.missing(decoded.changes.get(i));
    }
    return missing.map(
        row -> row + " any more, so the replay would bring a deleted row back into the scores");
  }

  private DecodedReceiver decode(DeadLetter letter, long now) {
    DecodedReceiver receiver = new DecodedReceiver();
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            letter.topic(),
            letter.partition(),
            letter.offset(),
            now,
            TimestampType.CREATE_TIME,
            letter.key() == null ? -1 : letter.key().length,
            letter.value() == null ? -1 : letter.value().length,
            letter.key(),
            letter.value(),
            new RecordHeaders(),
            Optional.empty());
    decoder.decode(record, receiver);
    return receiver;
  }

  /**
   * Sends the record and returns its new place as {@code topic-partition-offset}.
   *
   * @throws IOException if Kafka refuses the record
   */
  public String send(DeadLetter letter) throws IOException, InterruptedException {
    try {
      RecordMetadata sent =
          producer
              .send(
                  new ProducerRecord<>(
                      letter.topic(), letter.partition(), letter.key(), letter.value()))
              .get();
      return "%s-%d-%d".formatted(sent.topic(), sent.partition(), sent.offset());
    } catch (ExecutionException e) {
      throw new IOException(
          "%s could not be sent: %s".formatted(letter.id(), e.getCause().getMessage()), e);
    }
  }

  /** Stores the changes of a record, or its rejection. */
  private static final class DecodedReceiver extends NoOpReceiver {

    private final List<Change> changes = new ArrayList<>();
    private RuleChange ruleChange;
    private String rejection;

    @Override
    public void changed(Change change) {
      changes.add(change);
    }

    @Override
    public void ruleChanged(RuleChange change) {
      ruleChange = change;
    }

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      rejection = reason + ": " + error;
    }
  }
}
