package io.rekindle.local.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to run one process of the stack.
 *
 * @param name the component's name in files and in {@code rekindle status}
 * @param title its name for people
 * @param command program and arguments; no secrets, since every user of the machine can read them
 * @param environment variables besides the inherited ones; secrets go here
 * @param output where standard output and error go
 * @param stopSignal the signal that asks it to end in good order, TERM or INT
 * @param grace how long it may take for that before it is killed
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
   * A JVM, which ends in good order on TERM.
   *
   * @param jvmFlags memory and the like
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

  /** Without the environment, which has passwords. */
  @Override
  public String toString() {
    return name + command;
  }
}
