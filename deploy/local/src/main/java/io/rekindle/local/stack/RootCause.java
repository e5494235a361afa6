package io.rekindle.local.stack;

/** The line of a printed stack trace that says what to do; the outer ones only say who noticed. */
final class RootCause {

  private static final String CAUSE = "Caused by: ";

  private RootCause() {}

  /** The innermost cause of the trace; the first line if it names none; empty if it is empty. */
  static String in(String trace) {
    return trace
        .lines()
        .filter(line -> line.startsWith(CAUSE))
        .reduce((first, last) -> last)
        .map(line -> line.substring(CAUSE.length()))
        .or(() -> trace.lines().findFirst())
        .map(RootCause::withoutPackage)
        .orElse("");
  }

  /** As in "PSQLException: connection refused". */
  private static String withoutPackage(String line) {
    return line.replaceFirst("^(?:[a-z0-9_]+\\.)+(?=[A-Z])", "").strip();
  }
}
