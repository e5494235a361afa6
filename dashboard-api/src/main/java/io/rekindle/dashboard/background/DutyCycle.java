package io.rekindle.dashboard.background;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Leaves the processors to those who wait for an answer: what takes long is done in small steps,
 * with a rest after each. For one thread.
 */
public final class DutyCycle {

  /** So many times as long as a step took it rests: a quarter of a processor at most. */
  private static final int RESTS = 3;

  private static final long MAX_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final boolean rests;
  private long step;
  private long worked;

  /** Begins the first step. */
  DutyCycle(boolean rests) {
    this.rests = rests;
    this.step = System.nanoTime();
  }

  /**
   * Ends a step and begins the next one.
   *
   * @throws CancellationException if the thread was interrupted
   */
  public void rest() {
    long took = System.nanoTime() - step;
    worked += took;
    if (rests) {
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(RESTS * took, MAX_REST_NANOS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("Nobody waits for this any more.");
      }
    }
    step = System.nanoTime();
  }

  /** How long all steps so far took without the rests. */
  long workedNanos() {
    return worked + (System.nanoTime() - step);
  }
}
