package io.rekindle.bench.torture;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The processes of a stack as the kernel knows them, apart from what {@code status} says. */
final class Processes {

  /** The state of a process. */
  enum State {
    RUNS,
    FROZEN,
    ENDED
  }

  /**
   * One process at one instant.
   *
   * @param pid the process that the pid file names
   */
  record Seen(long pid, State state) {}

  private Processes() {}

  /** Looks at all processes but the supervisor, by component. */
  static Map<String, Seen> seen(DataDirectory data) {
    Map<String, Seen> seen = new TreeMap<>();
    for (String component : data.startedComponents("")) {
      if (!component.equals(DataDirectory.SUPERVISOR)) {
        PidFile.read(data.pidFile(component))
            .ifPresent(pid -> seen.put(component, new Seen(pid.pid(), state(pid))));
      }
    }
    return seen;
  }

  private static State state(Pid pid) {
    if (!pid.alive()) {
      return State.ENDED;
    }
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid.pid()), "stat"));
      // The name in parentheses may have any character; the state is the letter after it.
      char letter = stat.charAt(stat.lastIndexOf(')') + 2);
      return switch (letter) {
        case 'T', 't' -> State.FROZEN;
        case 'Z', 'X' -> State.ENDED;
        default -> State.RUNS;
      };
    } catch (IOException e) {
      return State.ENDED;
    }
  }
}
