package io.rekindle.local.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/**
 * The longest time that a comparison waits for a job without progress. Use it as a picocli mixin.
 */
final class TimeoutOption {

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description =
          "Gives up when the job has not advanced for this long (default: ${DEFAULT-VALUE}).")
  private int seconds;

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }
}
