package io.rekindle.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Signals and sessions of Unix processes, which Java does not offer. */
public final class Signals {

  private Signals() {}

  /**
   * Sends a signal; does nothing if the process has ended.
   *
   * @param signal without SIG, as in {@code INT}
   */
  public static void send(ProcessHandle process, String signal) {
    if (signal.equals("TERM")) {
      process.destroy();
      return;
    }
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns the command in a session of its own. Ctrl-C at a terminal reaches all processes of the
   * terminal's session. With Ctrl-C the servers would end before the savepoint.
   */
  public static List<String> inOwnSession(List<String> command) {
    List<String> own = new ArrayList<>();
    if (isOnPath("setsid")) {
      own.add("setsid");
    } else if (isOnPath("perl")) {
      own.addAll(List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV"));
    }
    own.addAll(command);
    return own;
  }

  public static boolean isOnPath(String program) {
    String path = System.getenv("PATH");
    return path != null
        && Stream.of(path.split(":", -1))
            .filter(directory -> !directory.isEmpty())
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
