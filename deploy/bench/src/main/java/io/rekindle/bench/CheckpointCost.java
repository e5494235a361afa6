package io.rekindle.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cost of one checkpoint of the full state. Its text is the message to the process that started
 * the JVM.
 *
 * @param syncMillis the longest time for which a task processed nothing, in milliseconds
 * @param asyncMillis the longest time of a task in the background, in milliseconds
 * @param bytes the size of the whole state
 */
record CheckpointCost(long syncMillis, long asyncMillis, long bytes) {

  private static final Pattern TEXT =
      Pattern.compile("CheckpointCost\\[syncMillis=(\\d+), asyncMillis=(\\d+), bytes=(\\d+)]");

  /** Reads a cost from a line of output; null for another line. */
  static CheckpointCost parse(String line) {
    Matcher matcher = TEXT.matcher(line);
    return matcher.matches()
        ? new CheckpointCost(
            Long.parseLong(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)))
        : null;
  }
}
