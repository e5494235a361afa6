package io.rekindle.bench;

import io.rekindle.local.process.JavaCommand;
import io.rekindle.local.terminal.Failure;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs a class in a JVM of its own, with Flink and the job on its class path. */
final class JavaProcess {

  private static final int KEPT_LINES = 20;

  /** JVM flags of a task manager. {@code deploy/config/README.md} has the reasons. */
  private static final List<String> COLLECTOR = List.of("-XX:+UseParallelGC", "-XX:NewRatio=1");

  private final List<Path> classPath;
  private final Class<?> mainClass;
  private final List<String> flags = new ArrayList<>();

  /**
   * @param temporary the directory of temporary files; null for the system's directory
   */
  JavaProcess(List<Path> classPath, Class<?> mainClass, Path temporary) {
    this.classPath = classPath;
    this.mainClass = mainClass;
    flags.add("-Xmx2g");
    flags.addAll(COLLECTOR);
    // Flink needs this access on Java 17, and its start scripts grant it.
    flags.add("--add-opens=java.base/java.util=ALL-UNNAMED");
    flags.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    if (temporary != null) {
      flags.add("-Djava.io.tmpdir=" + temporary);
    }
  }

  /** Records the process with the Java Flight Recorder. */
  void record(Path file) {
    flags.add("-XX:StartFlightRecording=settings=profile,filename=" + file);
  }

  /**
   * Runs the class to its end.
   *
   * @param lines receives each printed line
   * @throws Failure if the exit code is not 0; the message has the end of the output
   */
  void run(List<String> arguments, Consumer<String> lines)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.executable().toString());
    command.addAll(flags);
    command.add(mainClass.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", classPath());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    Thread end = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(end);
    Deque<String> last = new ArrayDeque<>();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.accept(line);
        last.addLast(line);
        if (last.size() > KEPT_LINES) {
          last.removeFirst();
        }
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new Failure(
            "%s ended with exit code %d:%n%s"
                .formatted(mainClass.getSimpleName(), code, String.join("\n", last)));
      }
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(end);
    }
  }

  private String classPath() {
    List<Path> all = new ArrayList<>();
    all.add(ownClasses());
    all.addAll(classPath);
    return all.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static Path ownClasses() {
    try {
      return Path.of(JavaProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
