package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.Await;
import io.rekindle.local.cli.StatusCommand;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.stack.RekindleScript.CommandResult;
import io.rekindle.local.stack.RekindleScript.Running;
import io.rekindle.local.terminal.Progress;
import io.rekindle.local.verify.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** A real stack that a test starts by the script, as users do, and looks into. */
final class RunningStack {

  static final Duration RECOVERY = Duration.ofMinutes(2);
  static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration START = Duration.ofMinutes(3);

  private final Path data;
  private Running up;
  private Map<String, String> environment = Map.of();

  RunningStack(Path data) {
    this.data = data;
  }

  /**
   * Starts the stack on its data directory, empty or as it was left, with what it had in its
   * environment before, and waits until it is ready.
   */
  void start() throws IOException, InterruptedException {
    start(environment);
  }

  /** Starts it with more in its environment, and with options of {@code rekindle up}. */
  void start(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    this.environment = environment;
    List<String> command = new ArrayList<>(List.of("up", "--empty", "--data", data.toString()));
    command.addAll(List.of(options));
    Map<String, String> variables = new HashMap<>(environment);
    // The tests add old orders, and wait for their scores.
    variables.putIfAbsent("REKINDLE_BACKFILL_QUIET_TIME", "2 s");
    up = RekindleScript.start(variables, command.toArray(String[]::new));
    Await.until(
        "READY, after\n" + up.output(),
        START,
        () -> {
          if (!up.process().isAlive()) {
            throw new AssertionError("ended before it was ready:\n" + up.output());
          }
          return up.output().contains("\nREADY ");
        });
  }

  /** Stops it in good order. */
  void stop() throws IOException, InterruptedException {
    if (up != null) {
      up.process().destroy();
      try {
        up.waitFor();
      } finally {
        // What is left if the supervisor could not do it any more.
        run("down");
      }
    }
  }

  boolean isRunning() {
    return up != null && up.process().isAlive();
  }

  /** What was in its environment besides the test's. */
  Map<String, String> environment() {
    return environment;
  }

  /** The command that started the stack and watches over it. */
  Running up() {
    return up;
  }

  Path data() {
    return data;
  }

  StackInfo info() {
    return StackInfo.read(data);
  }

  /** The process of a component. */
  ProcessHandle handle(String component) {
    return PidFile.read(new DataDirectory(data).pidFile(component))
        .flatMap(Pid::handle)
        .orElseThrow(() -> new IllegalStateException(component + " does not run"));
  }

  /** Sends a component a signal by its name, such as STOP. */
  void signal(String component, String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(handle(component).pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Runs a command of the script on this stack. */
  CommandResult run(String... command) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--data", data.toString()));
    return RekindleScript.run(arguments.toArray(String[]::new));
  }

  StackStatus status() {
    return new StatusCollector(new DataDirectory(data), info()).collect();
  }

  /** Whether {@code rekindle status} would say these words: without its JVM, for loops. */
  boolean statusSays(String words) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    StatusCommand.print(status(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    return printed.toString(StandardCharsets.UTF_8).contains(words);
  }

  boolean isHealthySince(Instant instant) {
    StackStatus status = status();
    return status.healthy() && Instant.parse(status.watermark().scoredUntil()).isAfter(instant);
  }

  /** What {@code rekindle verify} finds, without its JVM. */
  void verifyAll() throws SQLException, InterruptedException {
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      Verification.Result result = new Verification(owner(), RECOVERY, progress).run();
      assertThat(result.differences()).isEmpty();
      assertThat(result.checked()).isPositive();
    }
  }

  /** Waits until a query has a row. */
  void await(String description, String query) throws InterruptedException {
    await(description, SOON, query);
  }

  void await(String description, Duration limit, String query) throws InterruptedException {
    Await.until(description, limit, () -> rows(query));
  }

  /** Whether a query has a row. */
  boolean rows(String query) throws SQLException {
    return value(query) != null;
  }

  /** The first column of a query's first row; null if it has none. */
  String value(String query) throws SQLException {
    try (Connection connection = owner().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = owner().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The database for the shop's owner. */
  PGSimpleDataSource owner() {
    return database(info().owner());
  }

  PGSimpleDataSource database(Account account) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(info().jdbcUrl());
    source.setUser(account.user());
    source.setPassword(account.password());
    return source;
  }
}
