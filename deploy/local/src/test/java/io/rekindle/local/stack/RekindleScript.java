package io.rekindle.local.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs the script that users run, as a process of its own. */
final class RekindleScript {

  /** Tests run in deploy/local. */
  static final Path HOME = Path.of("").toAbsolutePath().getParent().getParent();

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private RekindleScript() {}

  /** What a command printed, both streams in one, and how it ended. */
  record CommandResult(int exitCode, String output) {}

  /** A command under way. */
  static final class Running {

    private final Process process;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> reading;

    private Running(Process process) {
      this.process = process;
      this.reading = CompletableFuture.runAsync(this::read);
    }

    ProcessHandle process() {
      return process.toHandle();
    }

    String output() {
      synchronized (lines) {
        return String.join("\n", lines) + "\n";
      }
    }

    CommandResult waitFor() throws InterruptedException {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after " + LIMIT.toSeconds() + " s:\n" + output());
      }
      reading.join();
      return new CommandResult(process.exitValue(), output());
    }

    private void read() {
      try (BufferedReader printed =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
          lines.add(line);
        }
      } catch (IOException e) {
        lines.add(e.toString());
      }
    }
  }

  static CommandResult run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).waitFor();
  }

  static Running start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  static Running start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("rekindle").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Maven runs these tests: it has built everything, and must not be run by what it runs.
    builder.environment().put("REKINDLE_BUILD", "never");
    // No process of a test lives long enough to gain by the second compiler.
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    return new Running(builder.start());
  }
}
