package io.rekindle.platform.rest;

import java.time.Duration;

/** Pauses between attempts. Each pause is twice as long as the one before, up to a limit. */
public final class Backoff {

  private static final int DOUBLINGS = 20;

  private final Duration first;
  private final Duration max;

  public Backoff(Duration first, Duration max) {
    this.first = first;
    this.max = max;
  }

  /** Returns the pause after a number of failures in a row; zero after none. */
  public Duration after(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
    return pause.compareTo(max) > 0 ? max : pause;
  }
}
