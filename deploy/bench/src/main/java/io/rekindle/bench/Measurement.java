package io.rekindle.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM measured of itself; its text is how it tells the one that started it.
 *
 * @param changes how many were worked off
 * @param results how many came out
 * @param nanos how long that took
 * @param cpuNanos processor time of the whole JVM meanwhile, compiler and collector included
 */
record Measurement(long changes, long results, long nanos, long cpuNanos) {

  private static final Pattern TEXT =
      Pattern.compile(
          "Measurement\\[changes=(\\d+), results=(\\d+), nanos=(\\d+), cpuNanos=(\\d+)]");

  /** How often a JVM measures: the first time it is cold, and after two its code is compiled. */
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

  /** Reads a measurement from a line of output; null if the line is something else. */
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
