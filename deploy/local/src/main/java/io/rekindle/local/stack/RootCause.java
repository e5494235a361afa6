package io.rekindle.local.stack;

import java.util.stream.Collectors;

/** The line of a printed stack trace that says what to do; the outer ones only say who noticed. */
final class RootCause {

  private static final String CAUSE = "Caused by: ";

  private RootCause() {}

  /**
   * The message of the trace's innermost cause, all its lines as one; the first line if it names no
   * cause; empty if it is empty.
   */
  static String in(String trace) {
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
