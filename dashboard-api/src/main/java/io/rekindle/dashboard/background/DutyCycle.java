package io.rekindle.dashboard.background;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Leaves the processors to requests: long work is done in small steps, with a rest after each. For
 * one thread.
 */
public final class DutyCycle {

  /** A rest takes this many times as long as its step: a quarter of a processor at most. */
  private static final int RESTS = 3;

  private static final long MAX_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final boolean rests;
  private long step;
  private long worked;

  /** One that never rests. */
  public static DutyCycle withoutRests() {
    return new DutyCycle(false);
  }

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
        throw new CancellationException("The statistics are stopping.");
      }
    }
    step = System.nanoTime();
  }

  /** How long all steps so far took without the rests. */
  long workedNanos() {
    return worked + (System.nanoTime() - step);
  }
}
