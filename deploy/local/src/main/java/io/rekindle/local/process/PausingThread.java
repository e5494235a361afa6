package io.rekindle.local.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread that pauses between its rounds, and ends when it is closed. Its work calls {@link
 * #pause} before each round.
 */
public final class PausingThread implements AutoCloseable {

  private final Thread thread;
  private final Duration limit;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Creates a thread whose end waits for the round under way, however long that takes. */
  public PausingThread(String name, Runnable work) {
    // No limit, to Thread.join.
    this(name, Duration.ZERO, work);
  }

  /**
   * Creates a thread.
   *
   * @param limit the longest time that {@link #close} waits for the round under way
   */
  public PausingThread(String name, Duration limit, Runnable work) {
    this.thread = new Thread(work, name);
    this.limit = limit;
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /** Pauses for a while. Returns false at once when the thread is to end. */
  public boolean pause(Duration duration) {
    try {
      return !stopped.await(duration.toMillis(), TimeUnit.MILLISECONDS);
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
