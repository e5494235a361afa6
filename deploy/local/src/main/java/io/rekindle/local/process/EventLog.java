package io.rekindle.local.process;

import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Reports the supervisor's work to the terminal and to {@code supervisor.log}.
 *
 * <p>It uses no logging system of the JVM, since those close at the beginning of a shutdown. Most
 * messages about stopping come later. Thread-safe.
 */
public final class EventLog {

  /** The prefix of a step in the file. An event has no prefix. */
  public static final String STEP = "… ";

  private final Path file;
  private final Progress progress;

  public EventLog(Path file, Progress progress) {
    this.file = file;
    this.progress = progress;
  }

  /** Reports the current step. */
  public void step(String description) {
    progress.step(description);
    append(STEP + description);
  }

  /** Reports an event. */
  public void report(String event) {
    progress.print(event);
    append(event);
  }

  /** Reports a failure. The stack trace goes to the file only. */
  public void report(String event, Throwable cause) {
    progress.print(event);
    note(event, cause);
  }

  /** Writes a failure to the file only. */
  public void note(String event, Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    append(event + "\n" + trace);
  }

  /** Writes a detail for the search for a fault to the file only. */
  public void note(String detail) {
    append(STEP + detail);
  }

  public void clear() {
    progress.done();
  }

  private synchronized void append(String text) {
    try {
      Files.writeString(
          file,
          Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text.strip() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
