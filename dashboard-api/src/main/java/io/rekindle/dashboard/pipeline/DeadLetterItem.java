package io.rekindle.dashboard.pipeline;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A record that the pipeline could not read.
 *
 * @param id topic-partition-offset of where it was read
 * @param timestamp of the original record
 * @param reason a code such as NOT_JSON
 * @param error a sentence that names the field and the fix
 * @param version of the software that refused it
 * @param key as text; null if it has none
 * @param value as text, cut to 4,096 bytes; null if it has none
 * @param valueBytes length of the whole value; null if it has none
 */
public record DeadLetterItem(
    String id,
    String topic,
    int partition,
    long offset,
    Instant timestamp,
    String reason,
    String error,
    String version,
    String key,
    String value,
    Integer valueBytes) {

  private static final int MAX_SHOWN = 4_096;

  static DeadLetterItem of(DeadLetter letter) {
    return new DeadLetterItem(
        letter.id(),
        letter.topic(),
        letter.partition(),
        letter.offset(),
        Instant.ofEpochMilli(letter.timestamp()),
        letter.reason().name(),
        letter.error(),
        letter.version(),
        text(letter.key()),
        text(letter.value()),
        letter.value() == null ? null : letter.value().length);
  }

  /** Bytes that are not UTF-8 become the replacement character. */
  private static String text(byte[] bytes) {
    return bytes == null
        ? null
        : new String(bytes, 0, Math.min(bytes.length, MAX_SHOWN), StandardCharsets.UTF_8);
  }
}
