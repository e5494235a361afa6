package io.rekindle.local.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs. The environment variable CLASSPATH has the class path. */
public final class JavaCommand {

  private JavaCommand() {}

  /**
   * The command for one process of a stack.
   *
   * @param jvmFlags flags such as the heap size
   */
  public static List<String> of(
      String component,
      DataDirectory data,
      List<String> jvmFlags,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    // First, so that a list of processes shows the component and its stack.
    command.add("-Drekindle.component=" + component);
    command.add("-Drekindle.data=" + data.root());
    command.addAll(jvmFlags);
    command.add("-Djava.awt.headless=true");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Dlog4j2.configurationFile=" + data.config("log4j2.properties").toUri());
    // Log4j's management beans have no reader and cost a second of start.
    command.add("-Dlog4j2.disableJmx=true");
    command.add("-Drekindle.log=" + data.log(component));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  public static Path executable() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
