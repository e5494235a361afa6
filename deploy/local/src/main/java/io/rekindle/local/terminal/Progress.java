package io.rekindle.local.terminal;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows the progress of a command. On a terminal the current step is one line with its seconds,
 * which is drawn over. In a file or pipe each step is a line without control characters, and a
 * repeated step is left out.
 *
 * <p>Thread-safe.
 */
public final class Progress implements AutoCloseable {

  private static final Duration QUICK = Duration.ofSeconds(2);
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration REPEAT = Duration.ofSeconds(5);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final PrintStream out;
  private final boolean terminal;
  private final Duration delay;
  private final long startedAt = System.nanoTime();
  private final CountDownLatch closed = new CountDownLatch(1);

  private String step;
  private String line;
  private long stepAt;
  private long drawnAt;
  private boolean drawn;
  private boolean shown;

  /**
   * @param delay the time without any output
   */
  Progress(PrintStream out, boolean terminal, Duration delay) {
    this.out = out;
    this.terminal = terminal;
    this.delay = delay;
    if (terminal || !delay.isZero()) {
      Thread clock = new Thread(this::countSeconds, "progress");
      clock.setDaemon(true);
      clock.start();
    }
  }

  /**
   * Creates a progress on standard error, since standard output is for results. The shell script
   * says whether that is a terminal, since the JVM cannot check a single stream.
   */
  public static Progress onStandardError() {
    return onStandardError(Duration.ZERO);
  }

  /**
   * Creates a progress for a quick command. It shows nothing in the first two seconds, the start of
   * the JVM included.
   */
  public static Progress onStandardErrorIfSlow() {
    Duration uptime = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    Duration left = QUICK.minus(uptime);
    return onStandardError(left.isNegative() ? Duration.ZERO : left);
  }

  private static Progress onStandardError(Duration delay) {
    boolean dumb = "dumb".equals(System.getenv("TERM")) || System.getenv("NO_COLOR") != null;
    return new Progress(System.err, Boolean.getBoolean("rekindle.terminal") && !dumb, delay);
  }

  /** Begins a step, in a few words ("starting Kafka"). */
  public synchronized void step(String description) {
    if (description.equals(step)) {
      return;
    }
    begin(description);
    show();
  }

  /**
   * Shows a count of the step. It may be called for every row, since it draws at most ten times a
   * second on a terminal, and every five seconds elsewhere.
   *
   * @param total the expected count; 0 or less if unknown
   */
  public synchronized void count(String description, long done, long total) {
    if (!description.equals(step)) {
      begin(description);
      drawnAt = stepAt;
    }
    if (System.nanoTime() - drawnAt < (terminal ? REDRAW : REPEAT).toNanos()) {
      return;
    }
    line =
        total > 0
            ? String.format(Locale.ROOT, "%s: %,d of %,d", description, done, total)
            : String.format(Locale.ROOT, "%s: %,d", description, done);
    show();
  }

  /** Prints a line that stays on the screen. */
  public synchronized void print(String text) {
    erase();
    out.println(text);
  }

  /** Returns the time since the creation of this object. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Clears the line of the step for other output. The step continues. */
  public synchronized void erase() {
    if (drawn) {
      out.print("\r\033[2K");
      out.flush();
      drawn = false;
    }
  }

  /** Ends the current step, before a result is printed. */
  public synchronized void done() {
    erase();
    step = null;
    line = null;
  }

  @Override
  public void close() {
    closed.countDown();
    done();
  }

  private void begin(String description) {
    step = description;
    line = description;
    stepAt = System.nanoTime();
    shown = false;
  }

  private void show() {
    long now = System.nanoTime();
    drawnAt = now;
    if (now - startedAt < delay.toNanos()) {
      return;
    }
    if (terminal) {
      draw(now);
    } else {
      out.println(line);
    }
    shown = true;
  }

  /** Draws the seconds of a step that takes long without a call. */
  private void countSeconds() {
    try {
      long pause = delay.isZero() ? SECOND : delay.toNanos();
      while (!closed.await(pause, TimeUnit.NANOSECONDS)) {
        synchronized (this) {
          if (line != null && (terminal || !shown)) {
            show();
          }
        }
        pause = SECOND;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw(long now) {
    long seconds = (now - stepAt) / SECOND;
    out.print("\r\033[2K" + line + (seconds >= 2 ? " … " + seconds + " s" : " …"));
    out.flush();
    drawn = true;
  }
}
