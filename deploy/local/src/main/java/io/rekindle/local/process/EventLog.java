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
 * What the supervisor does, for the person at the terminal and for {@code supervisor.log}.
 *
 * <p>Not one of the JVM's logging systems: those are closed at the beginning of a shutdown, and
 * most of what there is to say about stopping comes after that. Thread-safe.
 */
public final class EventLog {

  /** Before a step, as against an event, in the file. */
  public static final String STEP = "… ";

  private final Path file;
  private final Progress progress;

  public EventLog(Path file, Progress progress) {
    this.file = file;
    this.progress = progress;
  }

  /** Says what is under way. */
  public void step(String description) {
    progress.step(description);
    append(STEP + description);
  }

  /** Says what happened. */
  public void report(String event) {
    progress.print(event);
    append(event);
  }

  /** Says what went wrong; how the code came there is for the file only. */
  public void report(String event, Throwable cause) {
    progress.print(event);
    note(event, cause);
  }

  /** Notes what went wrong, in the file only. */
  public void note(String event, Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    append(event + "\n" + trace);
  }

  /** Notes what is of use to whoever looks for a fault, and to nobody else. */
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
