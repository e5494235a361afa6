package io.rekindle.platform.rest;

import java.time.Duration;

/**
 * Pauses between attempts at the same thing, each twice as long as the one before up to a limit.
 */
public final class Backoff {

  private static final int DOUBLINGS = 20;

  private final Duration first;
  private final Duration max;

  public Backoff(Duration first, Duration max) {
    this.first = first;
    this.max = max;
  }

  /** How long to wait after so many attempts in a row that failed; not at all after none. */
  public Duration after(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
    return pause.compareTo(max) > 0 ? max : pause;
  }
}
