package io.rekindle.platform.rest;

import java.util.stream.Collectors;

/** What a printed stack trace says to do: its outer causes only say who noticed. */
public final class RootCause {

  private static final String CAUSE = "Caused by: ";

  private RootCause() {}

  /**
   * The message of the trace's innermost cause, all its lines as one; the first line if it names no
   * cause; empty if it is empty.
   */
  public static String in(String trace) {
    int cause = ("\n" + trace).lastIndexOf("\n" + CAUSE);
    if (cause < 0) {
      return withoutPackage(trace.lines().findFirst().orElse(""));
    }
    String message =
        trace
            .substring(cause + CAUSE.length())
            .lines()
            .takeWhile(line -> !line.startsWith("\t"))
            .map(String::strip)
            .collect(Collectors.joining(" "));
    return withoutPackage(message);
  }

  /** As in "PSQLException: connection refused". */
  private static String withoutPackage(String line) {
    return line.replaceFirst("^(?:[a-z0-9_]+\\.)+(?=[A-Z])", "").strip();
  }
}
