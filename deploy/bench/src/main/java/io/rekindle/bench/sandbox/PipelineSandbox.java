package io.rekindle.bench.sandbox;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.job.JobSettings;
import io.rekindle.local.job.Checkpoints;
import io.rekindle.local.job.JobWatchdog;
import io.rekindle.local.job.Savepoints;
import io.rekindle.local.process.Signals;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.Schema;
import io.rekindle.local.server.Server;
import io.rekindle.local.server.StackKey;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Postgres, Kafka, Flink and the job as in a local stack of one TaskManager, without capture and
 * without the parts after the job. The directory is deleted at the end.
 */
public final class PipelineSandbox implements AutoCloseable {

  private static final int TASK_MANAGERS = 1;

  private final Sandbox sandbox;
  private final PostgresServer postgres;
  private final KafkaBroker kafka;
  private final FlinkCluster flink;
  private final List<String> jobArguments;
  private JobWatchdog job;

  private PipelineSandbox(Sandbox sandbox, JobSettings.StateBackend state, int parallelism) {
    this.sandbox = sandbox;
    StackKey key = StackKey.readOrCreate(sandbox.data());
    postgres = new PostgresServer(sandbox.data(), sandbox.settings(), sandbox.port(Port.POSTGRES));
    kafka =
        new KafkaBroker(
            sandbox.data(),
            sandbox.settings(),
            key,
            sandbox.port(Port.KAFKA),
            sandbox.port(Port.KAFKA_CONTROLLER),
            sandbox.installation());
    flink =
        new FlinkCluster(
            sandbox.data(),
            key,
            sandbox.port(Port.FLINK),
            sandbox.port(Port.FLINK_REST),
            sandbox.port(Port.FLINK_RPC),
            TASK_MANAGERS,
            Map.of(
                JobSettings.DATABASE_PASSWORD.variable(),
                postgres.account(PostgresServer.PIPELINE).password(),
                // The orders are old, and are to cost as much as new ones.
                JobSettings.BACKFILL_QUIET_TIME.variable(),
                "0 s"),
            sandbox.installation());
    jobArguments = flink.jobArguments(kafka.login(), postgres, parallelism, state);
  }

  /** Starts Postgres with the schema, and Kafka. */
  public static PipelineSandbox start(
      JobSettings.StateBackend state, int parallelism, Progress progress)
      throws IOException, SQLException, InterruptedException {
    PipelineSandbox started = new PipelineSandbox(Sandbox.temporary(progress), state, parallelism);
    try {
      progress.step("starting Postgres and Kafka");
      started.startStorage();
      return started;
    } catch (RuntimeException | SQLException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private void startStorage() throws SQLException, InterruptedException {
    postgres.configure(sandbox.installation());
    postgres.initialise(sandbox.installation());
    sandbox.start(postgres);
    postgres.createDatabase();
    Schema.prepare(postgres.owner());
    kafka.configure(sandbox.installation());
    kafka.initialise();
    sandbox.start(kafka);
    flink.configure(sandbox.installation());
  }

  /** Starts Flink, and the job from its newest state. */
  public void startJob() throws IOException, InterruptedException {
    sandbox.start(flink.jobManager());
    sandbox.start(taskManager());
    job =
        new JobWatchdog(
            flink.api(),
            sandbox.installation().jobJar(),
            jobArguments,
            new Checkpoints(flink.checkpoints(), flink.savepoints(), null),
            sandbox.log(),
            id -> {});
    job.keepAlive();
  }

  /** Stops the job with a savepoint, and Flink, as {@code rekindle down} does. */
  public Duration stopJob() {
    long begin = System.nanoTime();
    new Savepoints(flink.api(), sandbox.log()).stopWithSavepoint(job.jobId());
    sandbox.stopLast();
    sandbox.stopLast();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Starts again what has died. */
  public void keepAlive() throws IOException {
    sandbox.keepAlive();
    job.keepAlive();
  }

  /** Kills the TaskManager. */
  public void killTaskManager() {
    Signals.send(taskManagerProcess(), "KILL");
  }

  /** The peak memory of the TaskManager's process, in bytes. */
  public long peakTaskManagerBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + taskManagerProcess().pid() + "/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        * 1024;
  }

  private ProcessHandle taskManagerProcess() {
    return sandbox.process(taskManager()).orElseThrow(() -> new Failure("there is no TaskManager"));
  }

  private Server taskManager() {
    return flink.taskManagers().get(0);
  }

  public FlinkRest flink() {
    return flink.api();
  }

  public String jobId() {
    return job.jobId();
  }

  /** Returns the broker and the key for it. */
  public KafkaLogin kafka() {
    return kafka.login();
  }

  /** Returns connections of the owner of the tables. */
  public DataSource owner() {
    return postgres.owner();
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
