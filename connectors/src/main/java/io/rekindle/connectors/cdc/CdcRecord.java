package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.util.Objects;

/**
 * What one Kafka record amounts to: a change, a proof that time has passed, or a dead letter. A
 * record that says two things, such as an order that moved to another user, gives two.
 *
 * @param change null unless this is a change
 * @param deadLetter null unless this is a dead letter
 * @param completeUntil everything committed before this instant is in front of this record in its
 *     partition, epoch milliseconds; {@link #COMPLETENESS_UNKNOWN} for a snapshot row and a dead
 *     letter
 * @param <T> {@link io.rekindle.connectors.events.Change} or {@link
 *     io.rekindle.connectors.events.RuleChange}
 */
public record CdcRecord<T>(T change, DeadLetter deadLetter, long completeUntil) {

  public static final long COMPLETENESS_UNKNOWN = Long.MIN_VALUE;

  /** A change; {@code completeUntil} is its commit time unless a snapshot read it. */
  public static <T> CdcRecord<T> change(T change, long completeUntil) {
    return new CdcRecord<>(Objects.requireNonNull(change), null, completeUntil);
  }

  /** Time has passed, and nothing else that matters. */
  public static <T> CdcRecord<T> progress(long completeUntil) {
    return new CdcRecord<>(null, null, completeUntil);
  }

  public static <T> CdcRecord<T> deadLetter(DeadLetter letter) {
    return new CdcRecord<>(null, Objects.requireNonNull(letter), COMPLETENESS_UNKNOWN);
  }

  public boolean isChange() {
    return change != null;
  }

  public boolean isDeadLetter() {
    return deadLetter != null;
  }
}
