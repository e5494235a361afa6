package io.rekindle.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a person at a terminal what is going on. On a terminal the current step is one line that is
 * drawn over, with its seconds; elsewhere (a file, a pipe) each step is a line of its own, without
 * control characters, and repeats of a step are left out.
 *
 * <p>Thread-safe: several threads may report at the same time.
 */
public final class Progress implements AutoCloseable {

  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration REPEAT = Duration.ofSeconds(5);

  private final PrintStream out;
  private final boolean terminal;
  private final long startedAt = System.nanoTime();
  private final CountDownLatch closed = new CountDownLatch(1);

  private String step;
  private String line;
  private long stepAt;
  private long drawnAt;
  private boolean drawn;

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Progress on standard error, so that standard output stays a command's result. Whether that is a
   * terminal is the shell script's knowledge: the JVM cannot ask about one stream alone.
   */
  public static Progress onStandardError() {
    boolean dumb = "dumb".equals(System.getenv("TERM")) || System.getenv("NO_COLOR") != null;
    Progress progress = new Progress(System.err, Boolean.getBoolean("rekindle.terminal") && !dumb);
    if (progress.terminal) {
      Thread clock = new Thread(progress::countSeconds, "progress");
      clock.setDaemon(true);
      clock.start();
    }
    return progress;
  }

  /** Begins the step that is now under way, in a few words ("starting Kafka"). */
  public synchronized void step(String description) {
    if (description.equals(step)) {
      return;
    }
    begin(description);
    if (terminal) {
      draw();
    } else {
      out.println(description);
    }
  }

  /**
   * Says how far the step has come. Costs little, so it may be called for every row: it draws at
   * most ten times a second on a terminal, and every five seconds elsewhere.
   *
   * @param total how many there are in all; 0 or less when that is not known
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
    if (terminal) {
      draw();
    } else {
      out.println(line);
      drawnAt = System.nanoTime();
    }
  }

  /** Says something that stays on the screen. */
  public synchronized void say(String text) {
    erase();
    out.println(text);
  }

  /** The time since this was made. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Removes the line of the current step, before something else is printed. */
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
  }

  /** A step may take long without anybody calling: its seconds show that something goes on. */
  private void countSeconds() {
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        synchronized (this) {
          if (line != null) {
            draw();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw() {
    long now = System.nanoTime();
    long seconds = (now - stepAt) / 1_000_000_000L;
    out.print("\r\033[2K" + line + (seconds >= 2 ? " … " + seconds + " s" : " …"));
    out.flush();
    drawnAt = now;
    drawn = true;
  }

  private void erase() {
    if (drawn) {
      out.print("\r\033[2K");
      out.flush();
      drawn = false;
    }
  }
}
