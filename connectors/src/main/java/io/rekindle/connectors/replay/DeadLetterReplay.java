package io.rekindle.connectors.replay;

import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.cdc.NoOpReceiver;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import java.io.IOException;
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
 * pipeline orders changes by row version, so a second or late replay has no effect. Not
 * thread-safe.
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
    RejectionReceiver receiver = new RejectionReceiver();
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
    return Optional.ofNullable(receiver.rejection);
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

  /** Stores only the rejection of a record. */
  private static final class RejectionReceiver extends NoOpReceiver {

    private String rejection;

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      rejection = reason + ": " + error;
    }
  }
}
