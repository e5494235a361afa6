package io.rekindle.connectors.capture;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.util.Objects;

/**
 * What one Kafka record amounts to: a change, a proof that time has passed, or a dead letter. A
 * record that says two things, such as an order that moved to another user, gives two.
 *
 * @param change null unless this is a change
 * @param deadLetter null unless this is a dead letter
 * @param provenTime everything committed before this instant is in front of this record in its
 *     partition, epoch milliseconds; {@link #PROVES_NOTHING} for a snapshot row and a dead letter
 * @param <T> {@link io.rekindle.connectors.events.Change} or {@link
 *     io.rekindle.connectors.events.Control}
 */
public record Captured<T>(T change, DeadLetter deadLetter, long provenTime) {

  public static final long PROVES_NOTHING = Long.MIN_VALUE;

  /** A change; {@code provenTime} is its commit time unless a snapshot read it. */
  public static <T> Captured<T> change(T change, long provenTime) {
    return new Captured<>(Objects.requireNonNull(change), null, provenTime);
  }

  /** Time has passed, and nothing else that matters. */
  public static <T> Captured<T> progress(long provenTime) {
    return new Captured<>(null, null, provenTime);
  }

  public static <T> Captured<T> deadLetter(DeadLetter letter) {
    return new Captured<>(null, Objects.requireNonNull(letter), PROVES_NOTHING);
  }

  public boolean isChange() {
    return change != null;
  }

  public boolean isDeadLetter() {
    return deadLetter != null;
  }
}
