package io.rekindle.local.process;

import java.time.Instant;
import java.util.Optional;

/**
 * A process, told apart from a later one that was given the same number by when it started.
 *
 * @param pid its number
 * @param startedAt when it started, in seconds since 1970; 0 when the system does not tell
 */
public record Pid(long pid, long startedAt) {

  // The start is counted from boot, and boot moves by a tick or so when the clock is set.
  private static final long TOLERANCE_SECONDS = 5;

  public static Pid current() {
    return of(ProcessHandle.current());
  }

  public static Pid of(ProcessHandle process) {
    return new Pid(process.pid(), startOf(process));
  }

  public boolean isAlive() {
    return handle().isPresent();
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
