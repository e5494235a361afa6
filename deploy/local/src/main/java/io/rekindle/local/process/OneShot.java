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
   * @param output the file for its output
   * @throws Failure if the program does not end within the limit, or its exit code is not 0
   * @throws IOException if the program cannot be started
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
