package io.rekindle.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process, identified by the number of the process and its start, since the system reuses
 * numbers.
 *
 * @param pid the number of the process
 * @param startedAt the start, in seconds since 1970; 0 if the system does not know it
 */
public record Pid(long pid, long startedAt) {

  // The system counts the start from boot, and the time of boot moves slightly when the clock is
  // set.
  private static final long TOLERANCE_SECONDS = 5;

  public static Pid current() {
    return of(ProcessHandle.current());
  }

  public static Pid of(ProcessHandle process) {
    return new Pid(process.pid(), startOf(process));
  }

  /**
   * Whether the process still runs. Not named as a getter, which JSON would take for a property.
   */
  public boolean alive() {
    return handle().isPresent();
  }

  /** Whether the process runs, and is stopped by a signal; false if the system does not say. */
  public boolean suspended() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The name of the program is in brackets, and may have some itself.
      return alive() && stat.startsWith(") T", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return false;
    }
  }

  /** The process, unless it has ended. */
  public Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> Math.abs(startOf(process) - startedAt) <= TOLERANCE_SECONDS);
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
  }
}
