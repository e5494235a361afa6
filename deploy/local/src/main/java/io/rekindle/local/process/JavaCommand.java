package io.rekindle.local.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs. The class path is not in them but in the environment, as CLASSPATH. */
public final class JavaCommand {

  /** For servers whose work on one machine is small, and which start sooner like this. */
  public static final List<String> SMALL_SERVER =
      List.of("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private JavaCommand() {}

  /**
   * The command for one process of a stack.
   *
   * @param jvmFlags memory and the like
   */
  public static List<String> of(
      String component,
      DataDirectory data,
      List<String> jvmFlags,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    // First, so that whoever looks at the processes sees what this is, and whose.
    command.add("-Drekindle.component=" + component);
    command.add("-Drekindle.data=" + data.root());
    command.addAll(jvmFlags);
    command.add("-Djava.awt.headless=true");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-Dlog4j2.configurationFile=" + data.config("log4j2.properties").toUri());
    // Log4j's management beans cost a second of start and nobody looks at them.
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
