package io.rekindle.local.cli;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.LogTail;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.process.Wait;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.stack.Orphans;
import io.rekindle.local.stack.Supervisor;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rekindle down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description =
        "Stops a stack: the job with a savepoint, then every process. The next `rekindle up` continues"
            + " from there.")
public final class DownCommand implements Callable<Integer> {

  /** More than the sum of the supervisor's limits. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final Duration POLL = Duration.ofMillis(50);

  @Mixin private DataOption data;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DataDirectory directory = new DataDirectory(data.path());
    Optional<ProcessHandle> supervisor =
        PidFile.read(directory.pidFile(Supervisor.NAME)).flatMap(Pid::handle);
    try (Progress progress = Progress.onStandardError()) {
      if (supervisor.isEmpty()) {
        return endOrphans(directory, progress);
      }
      stop(supervisor.get(), directory, progress);
    }
    System.out.println("stopped");
    return 0;
  }

  private static void stop(ProcessHandle supervisor, DataDirectory directory, Progress progress)
      throws IOException, InterruptedException {
    LogTail tail = LogTail.fromEndOf(directory.log(Supervisor.NAME));
    progress.step("stopping");
    supervisor.destroy();
    Wait.until(
        () -> {
          // The last lines come before the end.
          boolean ended = !supervisor.isAlive();
          show(tail.newLines(), progress);
          return ended;
        },
        LIMIT,
        POLL,
        () ->
            "the supervisor (pid %d) does not end: see %s"
                .formatted(supervisor.pid(), directory.log(Supervisor.NAME)));
  }

  private static void show(List<String> lines, Progress progress) {
    for (String line : lines) {
      if (line.startsWith(EventLog.STEP)) {
        progress.step(line.substring(EventLog.STEP.length()));
      } else if (!line.equals(Supervisor.STOPPED)) {
        progress.print(line);
      }
    }
  }

  /** Ends the processes that a killed supervisor left behind. */
  private static int endOrphans(DataDirectory directory, Progress progress) throws IOException {
    if (!Files.isDirectory(directory.run())) {
      throw noStack(directory);
    }
    FileLock lock = directory.lock();
    try {
      if (Orphans.end(directory, new EventLog(directory.log(Supervisor.NAME), progress)) == 0) {
        throw noStack(directory);
      }
      StackInfo.delete(directory.root());
    } finally {
      lock.close();
    }
    System.out.println("stopped");
    return 0;
  }

  private static Failure noStack(DataDirectory directory) {
    return new Failure("no stack runs on " + directory.root(), 2);
  }
}
