package io.rekindle.local.process;

import io.rekindle.local.terminal.Failure;
import java.time.Duration;
import java.util.function.Supplier;

/** Waits for a condition by checking it again and again. */
public final class Wait {

  private Wait() {}

  /**
   * A condition to wait for.
   *
   * @param <X> thrown if the check fails, which ends the wait
   */
  @FunctionalInterface
  public interface Condition<X extends Exception> {
    boolean holds() throws X;
  }

  /**
   * Waits until a condition holds. The condition is checked at least once.
   *
   * @param pause the pause between two checks
   * @param message the message of the failure after the timeout
   * @throws Failure if the condition does not hold within the timeout
   */
  public static <X extends Exception> void until(
      Condition<X> condition, Duration timeout, Duration pause, Supplier<String> message)
      throws X, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new Failure(message.get());
      }
      Thread.sleep(pause.toMillis());
    }
  }
}
