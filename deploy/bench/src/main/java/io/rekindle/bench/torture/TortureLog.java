package io.rekindle.bench.torture;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The log of a run: each line begins with its instant. Thread-safe. */
final class TortureLog {

  private final PrintWriter out;
  private final Clock clock;

  TortureLog(PrintWriter out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  synchronized void say(String format, Object... arguments) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    out.println(now + " " + String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
