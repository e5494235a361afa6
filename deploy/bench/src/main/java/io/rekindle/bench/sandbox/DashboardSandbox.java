package io.rekindle.bench.sandbox;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The dashboard on a database and with nothing else of the stack, in a directory that stays, so
 * that a large database need be filled only once.
 */
public final class DashboardSandbox implements AutoCloseable {

  /** Where there is no Flink and no Kafka: a setting that is empty is not set. */
  private static final String NONE = "";

  /** A database of some GB has more memory than the default of the local stack. */
  private static final String SHARED_BUFFERS = "shared_buffers=2GB";

  private final Sandbox sandbox;
  private final PostgresServer postgres;
  private final DashboardServer dashboard;
  private ProcessHandle process;

  private DashboardSandbox(Sandbox sandbox) {
    this.sandbox = sandbox;
    this.postgres =
        new PostgresServer(
            sandbox.data(), sandbox.settings(), sandbox.port(Port.POSTGRES), SHARED_BUFFERS);
    this.dashboard =
        new DashboardServer(
            sandbox.data(),
            postgres,
            sandbox.port(Port.DASHBOARD),
            sandbox.settings().dashboardPassword(),
            NONE,
            NONE,
            sandbox.installation());
  }

  /** Starts the database, with the schema and the shipped policies in it. */
  public static DashboardSandbox start(Path directory, Progress progress) throws SQLException {
    DashboardSandbox started = new DashboardSandbox(Sandbox.kept(directory, progress));
    try {
      progress.step("starting Postgres");
      started.startDatabase();
      return started;
    } catch (RuntimeException | SQLException e) {
      started.close();
      throw e;
    }
  }

  private void startDatabase() throws SQLException {
    postgres.configure(sandbox.installation());
    postgres.initialise(sandbox.installation());
    sandbox.start(postgres, postgres::checkSuperuser);
    postgres.createDatabase();
    Migrations.apply(postgres.owner());
    try (Connection owner = postgres.owner().getConnection()) {
      ClockRows.ensure(owner, Topics.standard());
      Policies.install(
          owner, Map.of("cadence-v1", ScoringPolicy.builtIn("cadence-v1").json()), "cadence-v1");
    }
  }

  /** Connections of the role that owns the tables. */
  public DataSource owner() {
    return postgres.owner();
  }

  /**
   * Starts the dashboard, for the second time: the first one leaves its classes behind.
   *
   * @return how long it took from the start of the process until its health was answered for
   */
  public Duration startDashboard() {
    sandbox.start(dashboard, dashboard::check);
    sandbox.stopLast();
    long begin = System.nanoTime();
    process = sandbox.start(dashboard, dashboard::check);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Where the dashboard is. */
  public String url() {
    return dashboard.url();
  }

  /** Who signs in to the dashboard. */
  public Account administrator() {
    return dashboard.account();
  }

  /** Memory that the dashboard's process takes now, in bytes. */
  public long residentBytes() {
    return memory("VmRSS:");
  }

  /** The most memory that the dashboard's process has taken so far, in bytes. */
  public long peakResidentBytes() {
    return memory("VmHWM:");
  }

  private long memory(String figure) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
              .filter(line -> line.startsWith(figure))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElseThrow()
          * 1024;
    } catch (IOException e) {
      throw new Failure("cannot see how much memory the dashboard takes: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
