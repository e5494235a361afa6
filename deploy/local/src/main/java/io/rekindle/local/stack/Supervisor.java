package io.rekindle.local.stack;

import io.rekindle.connectors.connect.ConnectorWatchdog;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.connectors.schema.Migrations;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.job.JobSettings;
import io.rekindle.local.demo.DemoShop;
import io.rekindle.local.demo.LiveOrders;
import io.rekindle.local.job.Checkpoints;
import io.rekindle.local.job.JobWatchdog;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.server.ConnectWorker;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.DemoIdentity;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.FlinkSize;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.MailCatcher;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.Server;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackSettings;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AdminClient;

/**
 * Brings a stack up, keeps it up and takes it down. One for each data directory, for as long as the
 * stack runs.
 */
public final class Supervisor {

  public static final String NAME = DataDirectory.SUPERVISOR;

  /** The last event of a stack. */
  public static final String STOPPED = "stopped";

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration CONNECTOR_TICK = Duration.ofSeconds(1);
  private static final Duration SERVER_LIMIT = Duration.ofMinutes(3);
  private static final int DEATHS_LIMIT = 4;
  private static final int JOB_FAILURES_LIMIT = 5;
  private static final Duration SAVEPOINT_LIMIT = Duration.ofMinutes(1);

  private static final String DEFAULT_POLICY = "cadence-v1";

  private final DataDirectory data;
  private final Installation installation;
  private final UpRequest request;
  private final EventLog log;

  private final ExecutorService workers = Executors.newCachedThreadPool(Supervisor::daemon);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** In the order in which they are stopped. */
  private final Map<String, ManagedProcess> processes = new LinkedHashMap<>();

  private FileLock lock;
  private StackSettings settings;
  private PostgresServer postgres;
  private KafkaBroker kafka;
  private ConnectWorker connect;
  private FlinkCluster flink;
  private DashboardServer dashboard;
  private MailCatcher mail;
  private MailSender sender;
  private StackInfo info;
  private Checkpoints checkpoints;
  private JobWatchdog job;
  private LiveOrders live;

  public Supervisor(
      DataDirectory data, Installation installation, UpRequest request, EventLog log) {
    this.data = data;
    this.installation = installation;
    this.request = request;
    this.log = log;
  }

  /**
   * Starts everything and returns when the first scores are in.
   *
   * @return where everything is
   * @throws Failure if that cannot be; everything is stopped then
   */
  public StackInfo start() {
    lock = data.lock();
    try {
      prepare();
      return bringUp();
    } catch (RuntimeException e) {
      Failure failure = asFailure(e);
      if (!isStopping()) {
        log.note(failure.getMessage(), e);
        stop();
      }
      throw failure;
    }
  }

  /** Waits for the end of {@link #stop}, on any thread. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /**
   * Stops everything, the job with a savepoint from which the next start goes on. Returns when all
   * processes have ended; does nothing the second time.
   */
  public void stop() {
    synchronized (this) {
      if (isStopping() || lock == null) {
        return;
      }
      stopping.countDown();
    }
    if (live != null) {
      live.close();
    }
    if (job != null && job.jobId() != null) {
      takeSavepoint();
    }
    for (ManagedProcess process : processes.values()) {
      log.step("stopping " + process.spec().title());
      process.stop();
    }
    try {
      if (checkpoints != null) {
        checkpoints.prune();
      }
      StackInfo.delete(data.root());
      Files.deleteIfExists(data.pidFile(NAME));
      lock.close();
    } catch (IOException | UncheckedIOException e) {
      log.report("cannot clean up: " + e.getMessage(), e);
    }
    log.report(STOPPED);
    stopped.countDown();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void prepare() {
    Orphans.end(data, log);
    PidFile.write(data.pidFile(NAME), Pid.current());
    settings = StackSettings.readOrCreate(data);
    new PostgresServer(data, settings, 0).refuseOtherVersion();
    checkpoints =
        new Checkpoints(data.flink("checkpoints"), data.flink("savepoints"), request.from());
    FlinkSize size = flinkSize();
    Map<Port, Integer> ports = Port.choose(request.ports(), settings.ports(), log::report);
    settings = settings.with(Port.byKey(ports), size);
    settings.write(data);

    postgres = new PostgresServer(data, settings, ports.get(Port.POSTGRES));
    kafka =
        new KafkaBroker(
            data, settings, ports.get(Port.KAFKA), ports.get(Port.KAFKA_CONTROLLER), installation);
    connect =
        new ConnectWorker(data, postgres, kafka.bootstrap(), ports.get(Port.CONNECT), installation);
    flink =
        new FlinkCluster(
            data,
            ports.get(Port.FLINK),
            ports.get(Port.FLINK_RPC),
            settings.flink().taskManagers(),
            Map.of(
                "REKINDLE_DATABASE_PASSWORD", postgres.account(PostgresServer.PIPELINE).password(),
                "REKINDLE_UNSUBSCRIBE_SECRET", settings.unsubscribeSecret()),
            installation);
    dashboard =
        new DashboardServer(
            data,
            postgres,
            ports.get(Port.DASHBOARD),
            settings.dashboardPassword(),
            flink.url(),
            kafka.bootstrap(),
            installation);
    mail = new MailCatcher(data, ports.get(Port.MAIL_SMTP), ports.get(Port.MAIL), installation);
    sender =
        new MailSender(
            data,
            postgres,
            mail,
            ports.get(Port.SENDER),
            settings.unsubscribeSecret(),
            installation);

    installation.configure("logging/log4j2.properties", data.config("log4j2.properties"), Map.of());
    postgres.configure(installation);
    kafka.configure(installation);
    connect.configure(installation);
    flink.configure(installation);

    // What depends on others stops before them.
    manage(dashboard);
    manage(sender);
    manage(mail);
    flink.taskManagers().forEach(this::manage);
    manage(flink.jobManager());
    manage(connect);
    manage(kafka);
    manage(postgres);

    info =
        new StackInfo(
            postgres.uri(),
            postgres.jdbcUrl(),
            postgres.account(PostgresServer.OWNER),
            postgres.account(PostgresServer.CDC),
            postgres.account(PostgresServer.PIPELINE),
            postgres.account(PostgresServer.SENDER),
            postgres.account(PostgresServer.API),
            kafka.bootstrap(),
            connect.url(),
            flink.url(),
            dashboard.url(),
            dashboard.account(),
            sender.url(),
            mail.smtp(),
            mail.url(),
            null,
            Pid.current());
    info.write(data.root());
    job =
        new JobWatchdog(
            flink.api(), installation.jobJar(), jobArguments(), checkpoints, log, this::saveJobId);
  }

  private FlinkSize flinkSize() {
    FlinkSize last = settings.flink();
    FlinkSize size =
        last.with(request.parallelism(), request.taskManagers(), request.stateBackend());
    if (checkpoints.newest().filter(path -> !checkpoints.isSavepoint(path)).isPresent()) {
      size.refuseCheckpointOf(last);
    }
    return size;
  }

  private void manage(Server server) {
    ProcessSpec spec = server.process();
    processes.put(spec.name(), new ManagedProcess(spec, data, log));
  }

  private List<String> jobArguments() {
    return List.of(
        JobSettings.KAFKA_BOOTSTRAP_SERVERS.argument(),
        kafka.bootstrap(),
        JobSettings.DATABASE_URL.argument(),
        postgres.jdbcUrl(),
        JobSettings.DATABASE_USER.argument(),
        PostgresServer.PIPELINE,
        JobSettings.CHECKPOINT_DIRECTORY.argument(),
        flink.checkpoints().toUri().toString(),
        JobSettings.PARALLELISM.argument(),
        Integer.toString(settings.flink().parallelism()),
        JobSettings.STATE_BACKEND.argument(),
        settings.flink().stateBackend().toString(),
        JobSettings.SAVEPOINT_DIRECTORY.argument(),
        flink.savepoints().toUri().toString(),
        JobSettings.SHOP_NAME.argument(),
        DemoIdentity.SHOP_NAME,
        JobSettings.SHOP_URL.argument(),
        DemoIdentity.SHOP_URL,
        JobSettings.SHOP_POSTAL_ADDRESS.argument(),
        DemoIdentity.POSTAL_ADDRESS,
        JobSettings.UNSUBSCRIBE_BASE_URL.argument(),
        sender.url());
  }

  private synchronized void saveJobId(String jobId) {
    info = info.withJobId(jobId);
    info.write(data.root());
  }

  private StackInfo bringUp() {
    log.step("starting Postgres, Kafka and Flink");
    workers.execute(this::keepProcessesAlive);

    CompletableFuture<Void> database = inBackground(this::startDatabase);
    CompletableFuture<Void> broker = inBackground(this::startBroker);
    CompletableFuture<Void> cluster = inBackground(this::startFlink);
    CompletableFuture<Void> worker = broker.thenRunAsync(this::startConnect, workers);
    CompletableFuture<Void> page = database.thenRunAsync(this::startDashboard, workers);
    CompletableFuture<Void> mailing = database.thenRunAsync(this::startMailing, workers);
    CompletableFuture<Instant> captured =
        database.thenCombineAsync(worker, (a, b) -> startCapture(), workers);
    CompletableFuture<Void> running =
        CompletableFuture.allOf(database, broker, cluster).thenRunAsync(this::startJob, workers);
    join(CompletableFuture.allOf(page, mailing, captured, running));

    log.step("waiting for the first scores");
    awaitScores(captured.join());
    if (request.demo() && settings.demo()) {
      live = new LiveOrders(postgres.owner(), log::report);
      live.start();
    }
    return info;
  }

  /** The first failure of several things under way is the one to tell. */
  private void join(CompletableFuture<Void> all) {
    try {
      all.join();
    } catch (CompletionException e) {
      throw asFailure(e);
    }
  }

  private CompletableFuture<Void> inBackground(Runnable task) {
    return CompletableFuture.runAsync(task, workers);
  }

  private void startDatabase() {
    postgres.initialise(installation);
    process(PostgresServer.NAME).start();
    await("Postgres", PostgresServer.NAME, postgres::checkSuperuser);
    try {
      postgres.createDatabase();
      Migrations.apply(postgres.owner());
      try (Connection owner = postgres.owner().getConnection()) {
        if (request.pauseOutreach()) {
          pauseOutreach(owner);
        }
        ClockRows.ensure(owner, Topics.standard());
        Policies.install(owner, builtInPolicies(), DEFAULT_POLICY);
        if (request.demo() && isEmpty(owner)) {
          log.step("filling the demo shop");
          DemoShop.fill(owner, Instant.now());
          settings = settings.withDemo();
          settings.write(data);
        }
      }
    } catch (SQLException e) {
      throw new Failure("cannot prepare the database: " + e.getMessage(), e);
    }
  }

  /** Before the sender starts, and before the job can see that it was ever on. */
  private static void pauseOutreach(Connection owner) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute("update engagement.outreach_settings set enabled = false");
    }
  }

  private static Map<String, String> builtInPolicies() {
    Map<String, String> documents = new LinkedHashMap<>();
    for (String name : ScoringPolicy.builtInNames()) {
      documents.put(name, ScoringPolicy.builtIn(name).json());
    }
    return documents;
  }

  private static boolean isEmpty(Connection owner) throws SQLException {
    try (Statement statement = owner.createStatement();
        var row =
            statement.executeQuery(
                "select not exists (select 1 from shop.users)"
                    + " and not exists (select 1 from shop.orders)")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private void startBroker() {
    kafka.initialise();
    process(KafkaBroker.NAME).start();
    await("Kafka", KafkaBroker.NAME, kafka::check);
    try (AdminClient admin = KafkaBroker.admin(kafka.bootstrap())) {
      Topics.standard().create(admin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
  }

  private void startFlink() {
    process(FlinkCluster.JOB_MANAGER).start();
    List<Server> taskManagers = flink.taskManagers();
    taskManagers.forEach(server -> process(server.process().name()).start());
    await("Flink's JobManager", FlinkCluster.JOB_MANAGER, flink.jobManager()::check);
    for (Server server : taskManagers) {
      await(server.process().title(), server.process().name(), server::check);
    }
  }

  private void startConnect() {
    log.step("starting Kafka Connect");
    process(ConnectWorker.NAME).start();
    await("Kafka Connect", ConnectWorker.NAME, connect::check);
  }

  private void startDashboard() {
    process(DashboardServer.NAME).start();
    await("the dashboard", DashboardServer.NAME, dashboard::check);
  }

  private void startMailing() {
    process(MailCatcher.NAME).start();
    process(MailSender.NAME).start();
    await("the mail catcher", MailCatcher.NAME, mail::check);
    await("the sender", MailSender.NAME, sender::check);
  }

  /** Returns the database's time at which capture was asked to begin. */
  private Instant startCapture() {
    await(
        "the connector",
        ConnectWorker.NAME,
        () -> {
          try {
            connect.putConnector();
          } catch (RestClient.StatusException e) {
            if (e.status() == 400) {
              throw new Failure("Kafka Connect refuses the connector: " + e.getMessage(), e);
            }
            throw e;
          }
        });
    workers.execute(this::keepConnectorAlive);
    try (Connection owner = postgres.owner().getConnection();
        Statement statement = owner.createStatement();
        var row = statement.executeQuery("select extract(epoch from now()) * 1000")) {
      row.next();
      return Instant.ofEpochMilli(row.getLong(1));
    } catch (SQLException e) {
      throw new Failure("Postgres does not answer: " + e.getMessage(), e);
    }
  }

  private void startJob() {
    log.step("starting the job");
    workers.execute(this::keepJobAlive);
    waitUntil(
        () -> job.jobId() != null && runs(job.jobId()),
        () -> {
          if (job.failures() >= JOB_FAILURES_LIMIT) {
            throw new Failure(job.trouble() + ". See " + data.log(FlinkCluster.JOB_MANAGER));
          }
        });
  }

  private boolean runs(String jobId) {
    try {
      return flink.api().job(jobId).map(FlinkRest.Job::running).orElse(false);
    } catch (IOException e) {
      return false;
    }
  }

  /** Scores are in once the job has stored all that was committed before capture began. */
  private void awaitScores(Instant since) {
    waitUntil(
        () -> {
          try (Connection owner = postgres.owner().getConnection();
              Statement statement = owner.createStatement();
              var row =
                  statement.executeQuery(
                      "select extract(epoch from scored_until) * 1000 from"
                          + " engagement.scored_until")) {
            return row.next() && row.getLong(1) > since.toEpochMilli();
          } catch (SQLException e) {
            return false;
          }
        },
        () -> {
          if (job.failures() >= JOB_FAILURES_LIMIT) {
            throw new Failure(job.trouble() + ". See " + data.log(FlinkCluster.JOB_MANAGER));
          }
        });
  }

  private interface Check {
    void run() throws IOException;
  }

  /** Waits until a check of a server passes. */
  private void await(String title, String component, Check check) {
    long deadline = System.nanoTime() + SERVER_LIMIT.toNanos();
    IOException[] last = new IOException[1];
    waitUntil(
        () -> {
          try {
            check.run();
            return true;
          } catch (IOException e) {
            last[0] = e;
            return false;
          }
        },
        () -> {
          if (process(component).deaths() >= DEATHS_LIMIT) {
            throw new Failure(title + " does not stay up. " + endOfLog(component));
          }
          if (System.nanoTime() - deadline > 0) {
            throw new Failure(
                "%s does not answer (%s). %s"
                    .formatted(title, last[0].getMessage(), endOfLog(component)));
          }
        });
    log.note(title + " answers");
  }

  private void waitUntil(Supplier<Boolean> condition, Runnable otherwise) {
    while (!condition.get()) {
      otherwise.run();
      pause(TICK);
    }
  }

  /**
   * @throws Failure if the stack is stopping
   */
  private void pause(Duration duration) {
    try {
      if (stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Failure("stopped before it was ready");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
  }

  private void keepProcessesAlive() {
    OutputFiles outputs = new OutputFiles(data.logs());
    untilStopped(
        TICK,
        () -> {
          for (ManagedProcess process : processes.values()) {
            if (!isStopping()) {
              process.keepAlive();
            }
          }
          outputs.limit();
        });
  }

  private void keepJobAlive() {
    untilStopped(TICK, job::keepAlive);
  }

  private void keepConnectorAlive() {
    ConnectorWatchdog watchdog = new ConnectorWatchdog(connect.api(), log::report);
    untilStopped(CONNECTOR_TICK, watchdog::keepAlive);
  }

  /** Repeats a look at something. A server that does not answer just now is no reason to stop. */
  private void untilStopped(Duration every, Check check) {
    String trouble = null;
    try {
      while (!stopping.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          check.run();
          trouble = null;
        } catch (IOException | RuntimeException e) {
          if (!e.toString().equals(trouble)) {
            trouble = e.toString();
            log.note(trouble);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeSavepoint() {
    log.step("taking a savepoint");
    String id = job.jobId();
    try {
      if (flink.api().job(id).filter(FlinkRest.Job::running).isEmpty()) {
        log.report("the job is not running: the next start goes on from its newest checkpoint");
        return;
      }
      String request = flink.api().stopWithSavepoint(id);
      long deadline = System.nanoTime() + SAVEPOINT_LIMIT.toNanos();
      while (System.nanoTime() - deadline < 0) {
        FlinkRest.Savepoint savepoint = flink.api().savepoint(id, request);
        if (savepoint.failure() != null) {
          throw new IOException(savepoint.failure());
        }
        if (savepoint.location() != null) {
          log.note("savepoint " + savepoint.location());
          return;
        }
        TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
      }
      throw new IOException("not complete after " + SAVEPOINT_LIMIT.toSeconds() + " s");
    } catch (IOException e) {
      log.report(
          "no savepoint could be taken (%s): the next start goes on from the newest checkpoint"
              .formatted(e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ManagedProcess process(String component) {
    return processes.get(component);
  }

  private String endOfLog(String component) {
    List<String> lines = new ArrayList<>();
    for (Path file : List.of(data.log(component), data.output(component))) {
      lines.addAll(OutputFiles.lastLines(file, 8));
    }
    return "The end of " + data.log(component) + ":\n  " + String.join("\n  ", lines);
  }

  private static Failure asFailure(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof Failure failure ? failure : new Failure("unexpected: " + cause, cause);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "supervisor");
    thread.setDaemon(true);
    return thread;
  }
}
