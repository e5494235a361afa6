package io.rekindle.bench.torture;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A thread beside the faults, which pauses between its rounds and ends when it is closed. */
final class TortureThread implements AutoCloseable {

  private final Thread thread;
  private final Duration limit;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * @param limit the longest time that {@link #close} waits for the round under way
   */
  TortureThread(String name, Duration limit, Runnable rounds) {
    this.thread = new Thread(rounds, name);
    this.limit = limit;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Pauses for a moment; returns false at the end. */
  boolean pause(int millis) {
    try {
      return !stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    try {
      thread.join(limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
