package io.rekindle.local.cli;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.JavaCommand;
import io.rekindle.local.process.LogTail;
import io.rekindle.local.process.Signals;
import io.rekindle.local.server.FlinkSize;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.stack.Supervisor;
import io.rekindle.local.stack.UpRequest;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Starts the whole stack on this machine: Postgres, Kafka, Kafka Connect with Debezium, Flink"
          + " with the job, the dashboard, the sender and a mail catcher.",
      "The command fills an empty database with a demo shop, which then keeps ordering. The last"
          + " line begins with READY and has the address of each server. Ctrl-C stops the stack."
          + " The next start continues where the stack stopped."
    })
public final class UpCommand implements Callable<Integer> {

  private static final String READY = "READY";

  /** Set in a process that another `rekindle up` started and waits for. */
  private static final String BACKGROUND = "rekindle.background";

  @Mixin private DataOption data;

  @Option(
      names = "--empty",
      description = "Starts no demo shop, so that an empty database stays empty.")
  private boolean empty;

  @Option(
      names = "--demo-speed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Lets the demo shop order N times as often as real clients would. Use it to see or measure"
              + " changes. Above 1, recovery rates are too high. Default: ${DEFAULT-VALUE}, about two"
              + " orders an hour.")
  private int demoSpeed;

  @Option(
      names = "--detach",
      description = "Returns when the stack is ready. `rekindle down` stops it.")
  private boolean detach;

  @Option(
      names = "--port",
      paramLabel = "NAME=NUMBER",
      description =
          "Sets the port of a server: postgres, kafka, kafka-controller, connect, flink,"
              + " flink-rest, flink-rpc, dashboard, sender, mail-smtp or mail. By default the first"
              + " start chooses a free port, and later starts use it again.")
  private Map<String, Integer> ports = Map.of();

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "The parallelism of the job, 2 at the first start. Later starts keep it.")
  private Integer parallelism;

  @Option(
      names = "--task-managers",
      paramLabel = "N",
      description =
          "The number of task managers, with "
              + FlinkSize.SLOTS
              + " slots each, 1 at the first start. Later starts keep it.")
  private Integer taskManagers;

  @Option(
      names = "--state-backend",
      paramLabel = "NAME",
      description =
          "The state backend of the job (${COMPLETION-CANDIDATES}), hashmap at the first start."
              + " Later starts keep it. A stack that `rekindle down` stopped can change it.")
  private StateBackend stateBackend;

  @Option(
      names = "--pause-outreach",
      description =
          "Switches outreach off before any email is decided or sent, for a database that was"
              + " restored from a backup. An admin switches it on again.")
  private boolean pauseOutreach;

  @Option(
      names = "--from",
      paramLabel = "SAVEPOINT",
      description =
          "Continues from the savepoint in this directory instead of the newest one. The job reads"
              + " the changes since then from Kafka again.")
  private Path from;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (demoSpeed < 1) {
      throw new Failure("--demo-speed must be 1 or more, and not " + demoSpeed);
    }
    DataDirectory directory = new DataDirectory(data.path());
    if (directory.create()) {
      System.err.println(
          directory.root()
              + " was open to other users of this machine: it and its files are now its owner's"
              + " only. Change the passwords in settings.json if others may have read them.");
    }
    Map<Port, Integer> requested = new EnumMap<>(Port.class);
    ports.forEach((key, number) -> requested.put(Port.ofKey(key), number));
    try (Closeable start =
        Boolean.getBoolean(BACKGROUND) ? () -> {} : directory.lockStart()::close) {
      return detach ? inBackground(directory) : inFront(directory, requested, start);
    }
  }

  /**
   * @param start closed once the stack is ready
   */
  private int inFront(DataDirectory directory, Map<Port, Integer> requested, Closeable start)
      throws IOException, InterruptedException {
    Installation installation = Installation.current();
    Progress progress = Progress.onStandardError();
    EventLog log = new EventLog(directory.log(Supervisor.NAME), progress);
    UpRequest request =
        new UpRequest(
            !empty,
            demoSpeed,
            requested,
            parallelism,
            taskManagers,
            stateBackend,
            pauseOutreach,
            from);
    Supervisor supervisor = new Supervisor(directory, installation, request, log);
    Runtime.getRuntime().addShutdownHook(new Thread(supervisor::stop, "stop"));
    StackInfo info = supervisor.start();
    log.clear();
    String ready = ready(info);
    System.out.println(ready);
    System.out.flush();
    log.note(ready);
    start.close();
    supervisor.awaitStopped();
    return 0;
  }

  private static String ready(StackInfo info) {
    return ("%s postgres=%s kafka=%s connect=%s flink=%s dashboard=%s dashboard.user=%s"
            + " dashboard.password=%s sender.url=%s mail.smtp=%s mail.url=%s")
        .formatted(
            READY,
            info.postgresUri(),
            info.kafkaBootstrap(),
            info.connectUrl(),
            info.flinkUrl(),
            info.dashboardUrl(),
            info.dashboardAccount().user(),
            info.dashboardAccount().password(),
            info.senderUrl(),
            info.mailSmtp(),
            info.mailUrl());
  }

  private int inBackground(DataDirectory directory) throws IOException, InterruptedException {
    // Fails at once if a stack runs there. The process in the background takes the lock for itself.
    directory.lock().close();
    Path output = directory.output(Supervisor.NAME);
    Files.deleteIfExists(output);
    LogTail tail = LogTail.fromEndOf(directory.log(Supervisor.NAME));
    Process supervisor = launch(output);
    try (Progress progress = Progress.onStandardError()) {
      progress.step("starting");
      while (true) {
        boolean ended = supervisor.waitFor(100, TimeUnit.MILLISECONDS);
        for (String line : tail.newLines()) {
          String step =
              line.startsWith(EventLog.STEP) ? line.substring(EventLog.STEP.length()) : null;
          if (step == null) {
            progress.print(line);
          } else if (step.startsWith(READY)) {
            progress.done();
            System.out.println(step);
            return 0;
          } else {
            progress.step(step);
          }
        }
        if (ended) {
          progress.done();
          throw new Failure(whyEnded(output, supervisor.exitValue()));
        }
      }
    }
  }

  private Process launch(Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.executable().toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-Drekindle.terminal"))
            .toList());
    command.add("-D" + BACKGROUND + "=true");
    command.add(Rekindle.class.getName());
    command.addAll(List.of("up", "--data", data.path().toString()));
    if (empty) {
      command.add("--empty");
    }
    ports.forEach((key, number) -> command.addAll(List.of("--port", key + "=" + number)));
    forward(command, "--demo-speed", demoSpeed);
    forward(command, "--parallelism", parallelism);
    forward(command, "--task-managers", taskManagers);
    forward(command, "--state-backend", stateBackend);
    if (pauseOutreach) {
      command.add("--pause-outreach");
    }
    forward(command, "--from", from);
    ProcessBuilder builder = new ProcessBuilder(Signals.inOwnSession(command));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return builder.start();
  }

  private static void forward(List<String> command, String option, Object value) {
    if (value != null) {
      command.addAll(List.of(option, value.toString()));
    }
  }

  /** Returns the error message that the process printed, or its exit code without one. */
  private static String whyEnded(Path output, int exitCode) throws IOException {
    String prefix = "rekindle: ";
    String printed =
        Files.readString(output)
            .lines()
            .dropWhile(line -> !line.startsWith(prefix))
            .collect(Collectors.joining("\n"));
    return printed.isEmpty()
        ? "the stack ended with exit code " + exitCode + " before it was ready: see " + output
        : printed.substring(prefix.length());
  }
}
