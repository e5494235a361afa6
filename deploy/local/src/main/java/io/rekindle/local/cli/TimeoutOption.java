package io.rekindle.local.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a comparison waits for a job that makes no progress. Use it as a picocli mixin. */
final class TimeoutOption {

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Give up when the job has not moved for so long (default: ${DEFAULT-VALUE}).")
  private int seconds;

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }
}
