package io.rekindle.bench.torture;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The endless sequence of faults of a seed. Each fault comes once before any comes again. A quarter
 * of the faults follow at once, before the stack has recovered from the one before.
 */
final class Schedule {

  private static final int MAX_PAUSE_SECONDS = 15;
  private static final double AT_ONCE = 0.25;

  private final Random random;
  private final List<Fault> faults;
  private final Deque<Fault> round = new ArrayDeque<>();
  private int number;

  /**
   * @param faults at least one
   */
  Schedule(long seed, Collection<Fault> faults) {
    this.random = new Random(seed);
    this.faults = List.copyOf(faults);
  }

  /** Returns the next fault. The same seed and faults give the same steps. */
  Step next() {
    if (round.isEmpty()) {
      List<Fault> shuffled = new ArrayList<>(faults);
      Collections.shuffle(shuffled, random);
      round.addAll(shuffled);
    }
    Fault fault = round.remove();
    boolean atOnce = random.nextDouble() < AT_ONCE;
    int pause = 1 + random.nextInt(MAX_PAUSE_SECONDS);
    int span = fault.longestSeconds() - fault.shortestSeconds();
    int length = fault.shortestSeconds() + random.nextInt(span + 1);
    return new Step(
        ++number,
        fault,
        atOnce ? Duration.ZERO : Duration.ofSeconds(pause),
        Duration.ofSeconds(length),
        random.nextLong());
  }
}
