package io.rekindle.dashboard.background;

import io.rekindle.platform.jdbc.TransientFailure;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work in rounds by a thread of its own, which outlives failures: a database that is away will be
 * back. Thread-safe.
 */
public final class BackgroundLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);

  private final Duration pause;
  private final Iteration round;
  private final Thread thread;

  /** Does some work. */
  @FunctionalInterface
  public interface Iteration {

    /** Returns whether another round is to follow. */
    boolean work() throws Exception;
  }

  /**
   * Makes the thread, which begins with {@link #start()}.
   *
   * @param pause between two rounds
   */
  public BackgroundLoop(String name, Duration pause, Iteration round) {
    this.pause = pause;
    this.round = round;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    boolean more = true;
    while (more && !thread.isInterrupted()) {
      try {
        more = round.work();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        if (TransientFailure.orTimeoutIn(e)) {
          LOG.debug("{} waits for the database", thread.getName(), e);
        } else {
          LOG.warn("{} will try again: {}", thread.getName(), e.toString());
        }
      }
      try {
        Thread.sleep(pause.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
