package io.rekindle.bench.sandbox;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.Schema;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.server.StackKey;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A database and the dashboard without the rest of a stack. The directory is kept, so that a large
 * database is filled only once.
 */
public final class DashboardSandbox implements AutoCloseable {

  /** Empty settings count as not set, since there is no Flink and no Kafka. */
  private static final String NONE = "";

  /** Memory settings for a database of some GB, above the defaults of the local stack. */
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
            new KafkaLogin(NONE, StackKey.readOrCreate(sandbox.data()).directory()),
            sandbox.installation());
  }

  /** Starts the database with schema and shipped policies. */
  public static DashboardSandbox start(Path directory, Progress progress)
      throws SQLException, InterruptedException {
    DashboardSandbox started = new DashboardSandbox(Sandbox.kept(directory, progress));
    try {
      progress.step("starting Postgres");
      started.startDatabase();
      return started;
    } catch (RuntimeException | SQLException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private void startDatabase() throws SQLException, InterruptedException {
    postgres.configure(sandbox.installation());
    postgres.initialise(sandbox.installation());
    sandbox.start(postgres);
    postgres.createDatabase();
    Schema.prepare(postgres.owner());
  }

  /** Returns connections of the owner of the tables. */
  public DataSource owner() {
    return postgres.owner();
  }

  /**
   * Starts the dashboard twice. The first one writes the class archive.
   *
   * @return the time from the start of the process to the first answer about its health
   */
  public Duration startDashboard() throws InterruptedException {
    sandbox.start(dashboard);
    sandbox.stopLast();
    long begin = System.nanoTime();
    process = sandbox.start(dashboard);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Returns the base URL of the dashboard. */
  public String url() {
    return dashboard.url();
  }

  /** Returns the account of the dashboard. */
  public Account administrator() {
    return dashboard.account();
  }

  /** Returns the present memory of the dashboard's process, in bytes. */
  public long residentBytes() {
    return memory("VmRSS:");
  }

  /** Returns the peak memory of the dashboard's process, in bytes. */
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
