package io.rekindle.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The measurement of a JVM. Its text is the message to the process that started the JVM.
 *
 * @param changes the number of processed changes
 * @param results the number of results
 * @param nanos duration in nanoseconds
 * @param cpuNanos processor time of the JVM, compiler and collector included, in nanoseconds
 */
record Measurement(long changes, long results, long nanos, long cpuNanos) {

  private static final Pattern TEXT =
      Pattern.compile(
          "Measurement\\[changes=(\\d+), results=(\\d+), nanos=(\\d+), cpuNanos=(\\d+)]");

  /** The number of runs of a JVM. The first one is cold, and the code is compiled after two. */
  static final int RUNS = 3;

  /** The beginning of a measurement. */
  record Start(long nanos, long cpuNanos) {

    Measurement stop(long changes, long results) {
      return new Measurement(changes, results, System.nanoTime() - nanos, cpu() - cpuNanos);
    }
  }

  static Start start() {
    return new Start(System.nanoTime(), cpu());
  }

  /** Reads a measurement from a line of output; null for another line. */
  static Measurement parse(String line) {
    Matcher matcher = TEXT.matcher(line);
    return matcher.matches()
        ? new Measurement(
            Long.parseLong(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)),
            Long.parseLong(matcher.group(4)))
        : null;
  }

  double changesPerSecond() {
    return changes * 1e9 / nanos;
  }

  double cpuMicrosPerChange() {
    return cpuNanos / 1e3 / changes;
  }

  private static long cpu() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
