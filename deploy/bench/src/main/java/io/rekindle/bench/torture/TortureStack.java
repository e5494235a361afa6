package io.rekindle.bench.torture;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.process.Signals;
import io.rekindle.local.process.Wait;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stack of a run: its processes, its database and its commands. */
final class TortureStack {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Path script;
  private final DataDirectory data;
  private final Duration timeout;
  private final TortureLog log;

  /** Whether {@code rekindle up} or {@code down} changes the processes at the moment. */
  private volatile boolean changing;

  private volatile Load load;
  private volatile long catcherStartedAt;

  /**
   * @param home the directory of the script {@code rekindle}
   * @param timeout the longest time that one command or one part of a procedure takes
   */
  TortureStack(Path home, Path data, Duration timeout, TortureLog log) {
    this.script = home.resolve("rekindle");
    this.data = new DataDirectory(data);
    this.timeout = timeout;
    this.log = log;
  }

  DataDirectory data() {
    return data;
  }

  StackInfo info() {
    return StackInfo.read(data.root());
  }

  Duration timeout() {
    return timeout;
  }

  TortureLog log() {
    return log;
  }

  boolean changing() {
    return changing;
  }

  Load load() {
    return load;
  }

  void load(Load started) {
    load = started;
  }

  /** When the mail catcher was started last, in milliseconds since 1970 by this machine's clock. */
  long catcherStartedAt() {
    return catcherStartedAt;
  }

  // ---- processes

  void kill(String component) {
    signal(component, "KILL");
  }

  void freeze(String component, Step step) throws InterruptedException {
    Optional<ProcessHandle> frozen = signal(component, "STOP");
    try {
      Thread.sleep(step.length().toMillis());
    } finally {
      frozen.ifPresent(process -> Signals.send(process, "CONT"));
    }
  }

  /** Signals the process of a component, if it runs. */
  Optional<ProcessHandle> signal(String component, String signal) {
    Optional<ProcessHandle> process = PidFile.read(data.pidFile(component)).flatMap(Pid::handle);
    process.ifPresentOrElse(
        handle -> {
          Signals.send(handle, signal);
          log.say("  SIG%s to %s (pid %d)", signal, component, handle.pid());
        },
        () -> log.say("  %s does not run at the moment", component));
    return process;
  }

  // ---- commands

  void up(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("up", "--detach", "--empty"));
    command.addAll(List.of(options));
    if (command(command.toArray(String[]::new)) != 0) {
      throw new Failure("`rekindle up` failed");
    }
    catcherStartedAt = System.currentTimeMillis();
  }

  /** Starts a stack, also on the directory of an earlier run. */
  void start() throws IOException, InterruptedException {
    up();
  }

  void stop() throws IOException, InterruptedException {
    changing = true;
    command("down");
  }

  void resume() throws IOException, InterruptedException {
    restart();
  }

  void rescale(Step step) throws IOException, InterruptedException {
    boolean large = step.choices().nextBoolean();
    restart("--parallelism", large ? "4" : "1", "--task-managers", large ? "2" : "1");
  }

  /**
   * Runs {@code rekindle} as a process of its own, its output in the log; returns its exit code.
   */
  int command(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data", data.root().toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("REKINDLE_BUILD", "never");
    // Short, so that waiting users are evaluated between the faults.
    builder.environment().put("REKINDLE_BACKFILL_QUIET_TIME", "2 s");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    try (var output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        // READY names the passwords of the stack.
        log.say("  %s", line.startsWith("READY") ? "READY" : line);
      }
    }
    return process.waitFor();
  }

  private void restart(String... options) throws IOException, InterruptedException {
    changing = true;
    try {
      command("down");
      up(options);
    } finally {
      changing = false;
    }
  }

  // ---- database

  void execute(String sql) throws SQLException {
    execute(info().owner(), sql);
  }

  void execute(Account role, String sql) throws SQLException {
    try (Connection connection = connect(role);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the first column of a query's first row; null if it has none. */
  String value(String sql) throws SQLException {
    try (Connection connection = connect(info().owner());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  Connection connect(Account role) throws SQLException {
    return role.connections(info().jdbcUrl()).getConnection();
  }

  // ---- waiting

  /** A part of a procedure. */
  interface Attempt {
    void run() throws IOException, SQLException;
  }

  /** Repeats a part of a procedure until it succeeds, since another fault may be in its way. */
  void eventually(String description, Attempt attempt) throws InterruptedException {
    Exception[] last = new Exception[1];
    Wait.until(
        () -> {
          try {
            attempt.run();
            return true;
          } catch (IOException | SQLException e) {
            last[0] = e;
            return false;
          }
        },
        timeout,
        POLL,
        () -> "not within %d s: %s: %s".formatted(timeout.toSeconds(), description, last[0]));
  }

  /** Waits until a query says {@code t}. */
  void until(String description, String query) throws InterruptedException {
    eventually(
        description,
        () -> {
          String value = value(query);
          if (!"t".equals(value)) {
            throw new IOException("the query says " + value);
          }
        });
  }
}
