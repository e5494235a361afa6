package io.rekindle.connectors.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.platform.text.Version;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A record that a decoder refused, with everything to find, repair and replay it.
 *
 * <p>The value in Kafka is the original value, unchanged. The key is {@code topic-partition-offset}
 * of the original, so a second refusal after a restart gives the same dead letter. The other fields
 * are headers of UTF-8 text, named by the constants of this class.
 *
 * <p>Immutable: callers must not change its arrays.
 *
 * @param topic topic of the original record
 * @param timestamp timestamp of the original record, epoch milliseconds
 * @param key the original key, may be null
 * @param value the original value, may be null
 * @param error a sentence that names the field and the fix
 * @param version version of the software that refused the record
 */
@SuppressWarnings("ArrayRecordComponent") // Kafka's bytes, compared by equals below.
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte[] key,
    byte[] value,
    DeadLetterReason reason,
    String error,
    String version) {

  public static final String TOPIC_HEADER = "rekindle.topic";
  public static final String PARTITION_HEADER = "rekindle.partition";
  public static final String OFFSET_HEADER = "rekindle.offset";
  public static final String TIMESTAMP_HEADER = "rekindle.timestamp";

  /** The original key's bytes as they were; absent if the key was null. */
  public static final String KEY_HEADER = "rekindle.key";

  /** Present if the original value was null. */
  public static final String NULL_VALUE_HEADER = "rekindle.value-null";

  public static final String REASON_HEADER = "rekindle.reason";
  public static final String ERROR_HEADER = "rekindle.error";
  public static final String VERSION_HEADER = "rekindle.version";

  /** The longest sentence, in characters. */
  private static final int MAX_ERROR_LENGTH = 1_000;

  /** Creates a dead letter and cuts a long error. */
  public DeadLetter {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(version, "version");
    error = error.length() > MAX_ERROR_LENGTH ? error.substring(0, MAX_ERROR_LENGTH) : error;
  }

  /** Creates the dead letter of a record that this version refuses. */
  public static DeadLetter of(
      ConsumerRecord<byte[], byte[]> refused, DeadLetterReason reason, String error) {
    return new DeadLetter(
        refused.topic(),
        refused.partition(),
        refused.offset(),
        refused.timestamp(),
        refused.key(),
        refused.value(),
        reason,
        error,
        Version.CURRENT);
  }

  /**
   * Reads a record of {@link #toRecord}.
   *
   * @throws IllegalArgumentException if the record is not a dead letter; the message names the
   *     header
   */
  public static DeadLetter from(ConsumerRecord<byte[], byte[]> stored) {
    Headers headers = stored.headers();
    Header key = headers.lastHeader(KEY_HEADER);
    return new DeadLetter(
        text(stored, TOPIC_HEADER),
        Math.toIntExact(number(stored, PARTITION_HEADER)),
        number(stored, OFFSET_HEADER),
        number(stored, TIMESTAMP_HEADER),
        key == null ? null : key.value(),
        headers.lastHeader(NULL_VALUE_HEADER) == null ? stored.value() : null,
        reason(stored),
        text(stored, ERROR_HEADER),
        text(stored, VERSION_HEADER));
  }

  /** Returns this dead letter with another key and value of the original record. */
  public DeadLetter with(byte[] newKey, byte[] newValue) {
    return new DeadLetter(
        topic, partition, offset, timestamp, newKey, newValue, reason, error, version);
  }

  /** Returns this dead letter as a record of the dead-letter topic. */
  public ProducerRecord<byte[], byte[]> toRecord(String deadLetterTopic) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(deadLetterTopic, id().getBytes(UTF_8), value);
    Headers headers =
        record
            .headers()
            .add(TOPIC_HEADER, topic.getBytes(UTF_8))
            .add(PARTITION_HEADER, Integer.toString(partition).getBytes(UTF_8))
            .add(OFFSET_HEADER, Long.toString(offset).getBytes(UTF_8))
            .add(TIMESTAMP_HEADER, Long.toString(timestamp).getBytes(UTF_8))
            .add(REASON_HEADER, reason.name().getBytes(UTF_8))
            .add(ERROR_HEADER, error.getBytes(UTF_8))
            .add(VERSION_HEADER, version.getBytes(UTF_8));
    if (key != null) {
      headers.add(KEY_HEADER, key);
    }
    if (value == null) {
      headers.add(NULL_VALUE_HEADER, new byte[0]);
    }
    return record;
  }

  /** Returns the original place as {@code topic-partition-offset}. */
  public String id() {
    return topic + "-" + partition + "-" + offset;
  }

  private static DeadLetterReason reason(ConsumerRecord<byte[], byte[]> stored) {
    String name = text(stored, REASON_HEADER);
    try {
      return DeadLetterReason.valueOf(name);
    } catch (IllegalArgumentException e) {
      return DeadLetterReason.UNKNOWN_REASON;
    }
  }

  private static long number(ConsumerRecord<byte[], byte[]> stored, String header) {
    String text = text(stored, header);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          place(stored) + " has '" + text + "' in header " + header + ", not a number", e);
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> stored, String name) {
    Header header = stored.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException(
          place(stored) + " is not a dead letter: it has no header " + name);
    }
    return new String(header.value(), UTF_8);
  }

  private static String place(ConsumerRecord<byte[], byte[]> stored) {
    return "Record " + stored.topic() + "-" + stored.partition() + "-" + stored.offset();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeadLetter that
        && topic.equals(that.topic)
        && partition == that.partition
        && offset == that.offset
        && timestamp == that.timestamp
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value)
        && reason == that.reason
        && error.equals(that.error)
        && version.equals(that.version);
  }

  @Override
  public int hashCode() {
    return Objects.hash(topic, partition, offset, reason);
  }

  @Override
  public String toString() {
    return "DeadLetter[" + id() + ", " + reason + ": " + error + "]";
  }
}
