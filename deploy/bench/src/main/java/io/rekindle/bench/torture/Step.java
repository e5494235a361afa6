package io.rekindle.bench.torture;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One fault of a run.
 *
 * @param number counts from 1
 * @param pause the time from the end of the step before
 * @param length how long the fault lasts; zero for a fault of one instant
 * @param choice the seed of what the fault chooses, such as a partition
 */
record Step(int number, Fault fault, Duration pause, Duration length, long choice) {

  /** Returns the choices of this fault, the same ones for every call. */
  RandomGenerator choices() {
    return new SplittableRandom(choice);
  }
}
