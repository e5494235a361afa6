package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One finding of a Kafka record: a change, a proof that time has passed, or a dead letter. A record
 * with two findings, such as an order that moved to another user, gives two.
 *
 * @param change null unless this is a change
 * @param deadLetter null unless this is a dead letter
 * @param completeUntil the instant up to which the partition is complete before this record, epoch
 *     milliseconds; {@link #COMPLETENESS_UNKNOWN} for a snapshot row and a dead letter
 * @param tick null unless this is a tick with its place in the chain
 * @param <T> {@link io.rekindle.connectors.events.Change} or {@link
 *     io.rekindle.connectors.events.RuleChange}
 */
public record CdcRecord<T>(T change, DeadLetter deadLetter, long completeUntil, Tick tick) {

  public static final long COMPLETENESS_UNKNOWN = Long.MIN_VALUE;

  /** Creates a change. Unless a snapshot read it, {@code completeUntil} is its commit time. */
  public static <T> CdcRecord<T> change(T change, long completeUntil) {
    return new CdcRecord<>(Objects.requireNonNull(change), null, completeUntil, null);
  }

  /** Creates a proof that time has passed. */
  public static <T> CdcRecord<T> progress(long completeUntil) {
    return new CdcRecord<>(null, null, completeUntil, null);
  }

  /** Creates the proof of a tick, with its place in the chain. */
  public static <T> CdcRecord<T> tick(
      long completeUntil, Beat beat, ConsumerRecord<byte[], byte[]> message) {
    return new CdcRecord<>(null, null, completeUntil, Tick.of(message, beat));
  }

  public static <T> CdcRecord<T> deadLetter(DeadLetter letter) {
    return new CdcRecord<>(null, Objects.requireNonNull(letter), COMPLETENESS_UNKNOWN, null);
  }

  public boolean isChange() {
    return change != null;
  }

  public boolean isDeadLetter() {
    return deadLetter != null;
  }
}
