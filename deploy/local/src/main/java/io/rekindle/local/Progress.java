package io.rekindle.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells a person at a terminal what is going on. On a terminal the current step is one line that is
 * drawn over, with its seconds; elsewhere (a file, a pipe) each step is a line of its own, without
 * control characters, and repeats of a step are left out.
 *
 * <p>Thread-safe: several threads may report at the same time.
 */
public final class Progress implements AutoCloseable {

  private static final Duration REDRAW = Duration.ofMillis(100);

  private final PrintStream out;
  private final boolean terminal;
  private final long startedAt = System.nanoTime();

  private String step;
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
    return new Progress(System.err, Boolean.getBoolean("rekindle.terminal") && !dumb);
  }

  /** Begins the step that is now under way, in a few words ("starting Kafka"). */
  public synchronized void step(String description) {
    if (description.equals(step)) {
      redraw(description);
      return;
    }
    step = description;
    stepAt = System.nanoTime();
    drawnAt = 0;
    if (terminal) {
      redraw(description);
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
    long now = System.nanoTime();
    if (!description.equals(step)) {
      step = description;
      stepAt = now;
      drawnAt = now;
    }
    Duration pause = terminal ? REDRAW : Duration.ofSeconds(5);
    if (now - drawnAt < pause.toNanos()) {
      return;
    }
    String line =
        total > 0
            ? String.format(Locale.ROOT, "%s: %,d of %,d", description, done, total)
            : String.format(Locale.ROOT, "%s: %,d", description, done);
    if (terminal) {
      drawnAt = 0;
      redraw(line);
    } else {
      drawnAt = now;
      out.println(line);
    }
  }

  /** Says something that stays on the screen. */
  public synchronized void say(String line) {
    clear();
    out.println(line);
  }

  /** The time since this was made. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Removes the line of the current step, before something else is printed. */
  public synchronized void done() {
    clear();
    step = null;
  }

  @Override
  public void close() {
    done();
  }

  private void redraw(String line) {
    long now = System.nanoTime();
    if (!terminal || now - drawnAt < REDRAW.toNanos()) {
      return;
    }
    long seconds = (now - stepAt) / 1_000_000_000L;
    out.print("\r\033[2K" + line + (seconds >= 2 ? " … " + seconds + " s" : " …"));
    out.flush();
    drawnAt = now;
    drawn = true;
  }

  private void clear() {
    if (drawn) {
      out.print("\r\033[2K");
      out.flush();
      drawn = false;
    }
  }
}
