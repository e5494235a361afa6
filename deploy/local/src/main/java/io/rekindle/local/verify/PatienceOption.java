package io.rekindle.local.verify;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a comparison waits for a job that stands still. Use it as a picocli mixin. */
final class PatienceOption {

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Give up when the job has not moved for so long (default: ${DEFAULT-VALUE}).")
  private int seconds;

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }
}
