package io.rekindle.local.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The definition of one process of the stack.
 *
 * @param name the component's name in files and in {@code rekindle status}
 * @param title the name in messages
 * @param command program and arguments; no secrets, since every user of the machine can read them
 * @param environment variables besides the inherited ones; secrets go here
 * @param output where standard output and error go
 * @param stopSignal the signal for an orderly end, TERM or INT
 * @param grace the time for an orderly end, after which the process is killed
 */
public record ProcessSpec(
    String name,
    String title,
    List<String> command,
    Map<String, String> environment,
    Path output,
    String stopSignal,
    Duration grace) {

  /**
   * Creates the definition of a JVM, which ends in good order on TERM.
   *
   * @param jvmFlags flags such as the heap size
   * @param environment variables besides the inherited ones and the class path
   */
  public static ProcessSpec ofJava(
      String name,
      String title,
      DataDirectory data,
      String classPath,
      List<String> jvmFlags,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Duration grace) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("CLASSPATH", classPath);
    return new ProcessSpec(
        name,
        title,
        JavaCommand.of(name, data, jvmFlags, mainClass, arguments),
        variables,
        data.output(name),
        "TERM",
        grace);
  }

  /** Leaves the environment out, since it has passwords. */
  @Override
  public String toString() {
    return name + command;
  }
}
