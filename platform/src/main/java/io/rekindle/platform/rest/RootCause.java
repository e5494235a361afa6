package io.rekindle.platform.rest;

import java.util.stream.Collectors;

/** The innermost cause of a printed stack trace, which names the fault itself. */
public final class RootCause {

  private static final String CAUSE = "Caused by: ";

  private RootCause() {}

  /**
   * Returns the message of the innermost cause on one line. A trace without a cause gives its first
   * line.
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
