package io.rekindle.dashboard.signin;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets a few computations run at once and a few more wait, and refuses the rest at once. A flood of
 * sign-ins therefore holds neither the memory nor the threads of the server. Thread-safe.
 */
final class HashingGate {

  private final Semaphore running;
  private final Semaphore admitted;

  /**
   * @param atOnce how many run at the same time
   * @param waiting how many more wait for their turn
   */
  HashingGate(int atOnce, int waiting) {
    running = new Semaphore(atOnce, true);
    admitted = new Semaphore(atOnce + waiting);
  }

  /**
   * Runs the computation when it is its turn.
   *
   * @throws PasswordsBusyException if too many wait already
   */
  <T> T run(Supplier<T> computation) {
    if (!admitted.tryAcquire()) {
      throw new PasswordsBusyException();
    }
    try {
      running.acquireUninterruptibly();
      try {
        return computation.get();
      } finally {
        running.release();
      }
    } finally {
      admitted.release();
    }
  }

  /** How many more would be admitted at this moment. */
  int free() {
    return admitted.availablePermits();
  }
}
