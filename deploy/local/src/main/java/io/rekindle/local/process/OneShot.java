package io.rekindle.local.process;

import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A helper program that runs to its end. */
public final class OneShot {

  private OneShot() {}

  /**
   * Runs a program and waits until it has ended.
   *
   * @param title of the program, for failures
   * @param output gets what it prints
   * @throws Failure if it does not end within the limit, or ends with other than 0
   * @throws IOException if it cannot be started
   */
  public static void run(String title, ProcessBuilder program, Path output, Duration limit)
      throws IOException {
    Process process = program.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new Failure(title + " takes too long: see " + output);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new Failure(title + " failed: " + Files.readString(output).strip().replace("\n", "; "));
    }
  }
}
