package io.rekindle.local.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of every command that selects the stack. Use it as a picocli mixin. */
public final class DataOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".rekindle",
      description =
          "The directory of the stack's data, logs and ports (default: ${DEFAULT-VALUE}).")
  private Path data;

  /** The stack's directory, absolute and normalized; it need not exist. */
  public Path path() {
    return data.toAbsolutePath().normalize();
  }
}
