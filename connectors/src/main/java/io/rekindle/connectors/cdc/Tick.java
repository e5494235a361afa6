package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.platform.text.Version;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A tick with its origin in Kafka, so that a missing link of the chain can be reported.
 *
 * @param timestamp the timestamp of the Kafka record, epoch milliseconds
 * @param key the original key, may be null
 * @param value the original value
 */
@SuppressWarnings("ArrayRecordComponent") // Kafka's bytes, which are never compared.
public record Tick(
    Beat beat, String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {

  static Tick of(ConsumerRecord<byte[], byte[]> message, Beat beat) {
    return new Tick(
        beat,
        message.topic(),
        message.partition(),
        message.offset(),
        message.timestamp(),
        message.key(),
        message.value());
  }

  /** Creates the dead letter of a tick that proves a loss. */
  public DeadLetter deadLetter(DeadLetterReason reason, String error) {
    return new DeadLetter(
        topic, partition, offset, timestamp, key, value, reason, error, Version.CURRENT);
  }
}
