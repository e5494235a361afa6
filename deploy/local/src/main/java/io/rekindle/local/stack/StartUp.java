package io.rekindle.local.stack;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.demo.DemoModel;
import io.rekindle.local.demo.DemoShop;
import io.rekindle.local.job.JobWatchdog;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.server.ConnectWorker;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.Schema;
import io.rekindle.local.server.Server;
import io.rekindle.local.server.StackSettings;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AdminClient;

/**
 * Starts the servers of a stack, each after the servers that it needs, and awaits the first scores.
 */
final class StartUp {

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration SERVER_LIMIT = Duration.ofMinutes(3);
  private static final int DEATHS_LIMIT = 4;
  private static final int JOB_FAILURES_LIMIT = 5;

  private final DataDirectory data;
  private final Installation installation;
  private final UpRequest request;
  private final StackServers servers;
  private final JobWatchdog job;
  private final Watch watch;
  private final EventLog log;
  private final Executor workers;
  private final CountDownLatch stopping;

  private volatile StackSettings settings;

  /**
   * Creates a start that has not begun.
   *
   * @param stopping counted down when the stack begins to stop, which ends the start
   */
  StartUp(
      DataDirectory data,
      Installation installation,
      UpRequest request,
      StackSettings settings,
      StackServers servers,
      JobWatchdog job,
      Watch watch,
      EventLog log,
      Executor workers,
      CountDownLatch stopping) {
    this.data = data;
    this.installation = installation;
    this.request = request;
    this.settings = settings;
    this.servers = servers;
    this.job = job;
    this.watch = watch;
    this.log = log;
    this.workers = workers;
    this.stopping = stopping;
  }

  /**
   * Starts everything and waits for the first scores.
   *
   * @throws CompletionException with the first {@link Failure} of the parallel steps
   * @throws Failure if the stack is stopping, or the job does not run
   */
  void run() {
    log.step("starting Postgres, Kafka and Flink");
    watch.processes();

    CompletableFuture<Void> database = inBackground(this::startDatabase);
    CompletableFuture<Void> broker = inBackground(this::startBroker);
    CompletableFuture<Void> cluster = inBackground(this::startFlink);
    CompletableFuture<Void> worker = broker.thenRunAsync(this::startConnect, workers);
    CompletableFuture<Void> page = database.thenRunAsync(() -> start(servers.dashboard()), workers);
    CompletableFuture<Void> mailing = database.thenRunAsync(this::startMailing, workers);
    CompletableFuture<Instant> captured =
        database.thenCombineAsync(worker, (a, b) -> startCapture(), workers);
    CompletableFuture<Void> running =
        CompletableFuture.allOf(database, broker, cluster).thenRunAsync(this::startJob, workers);
    CompletableFuture.allOf(page, mailing, captured, running).join();

    log.step("waiting for the first scores");
    awaitScores(captured.join());
  }

  /** Whether the shop is the demo shop. */
  boolean hasDemoShop() {
    return settings.demo();
  }

  private CompletableFuture<Void> inBackground(Runnable task) {
    return CompletableFuture.runAsync(task, workers);
  }

  private void startDatabase() {
    servers.postgres().initialise(installation);
    start(servers.postgres());
    try {
      servers.postgres().createDatabase();
      Schema.prepare(servers.postgres().owner());
      try (Connection owner = servers.postgres().owner().getConnection()) {
        if (request.pauseOutreach()) {
          pauseOutreach(owner);
        }
        if (request.demo() && isEmpty(owner)) {
          log.step("filling the demo shop");
          DemoShop.fill(owner, Instant.now());
          settings = settings.withDemo();
          settings.write(data);
          log.step("fitting a model to the demo shop");
          DemoModel.fit(owner);
        }
      }
    } catch (SQLException | IOException e) {
      throw new Failure("cannot prepare the database: " + e.getMessage(), e);
    }
  }

  /** Switches outreach off before the sender starts, and before the job can read the switch. */
  private static void pauseOutreach(Connection owner) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute("update engagement.outreach_settings set enabled = false");
    }
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
    servers.kafka().initialise();
    start(servers.kafka());
    try (AdminClient admin = servers.kafka().admin()) {
      Topics.standard().create(admin);
    } catch (IllegalStateException e) {
      // The message names the topic and the procedure.
      throw new Failure(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted", e);
    }
  }

  private void startFlink() {
    List<Server> taskManagers = servers.flink().taskManagers();
    taskManagers.forEach(server -> servers.process(server.process().name()).start());
    start(servers.flink().jobManager());
    taskManagers.forEach(this::await);
  }

  private void startConnect() {
    log.step("starting Kafka Connect");
    start(servers.connect());
  }

  private void startMailing() {
    servers.process(MailSender.NAME).start();
    start(servers.mail());
    await(servers.sender());
  }

  /** Starts capture, and returns the database's time after that. */
  private Instant startCapture() {
    await(
        "the connector",
        ConnectWorker.NAME,
        () -> {
          try {
            servers.connect().putConnector();
          } catch (IllegalArgumentException e) {
            throw new Failure(e.getMessage(), e);
          }
        });
    watch.connector();
    watch.capture();
    try (Connection owner = servers.postgres().owner().getConnection();
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
    watch.job();
    waitUntil(() -> job.jobId() != null && runs(job.jobId()), this::refuseFailingJob);
  }

  private boolean runs(String jobId) {
    try {
      return servers.flink().api().job(jobId).map(FlinkRest.Job::running).orElse(false);
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until the job has stored the scores of all commits before the start of capture. */
  private void awaitScores(Instant since) {
    waitUntil(
        () -> {
          try (Connection owner = servers.postgres().owner().getConnection();
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
          refuseFailingJob();
          refuseOtherHistory();
        });
  }

  /** Capture would wait until the log is as long as that of the other history. */
  private void refuseOtherHistory() {
    try {
      for (String fault : CaptureFaults.read(servers.info(null), SERVER_LIMIT)) {
        if (fault.startsWith(CaptureFaults.LOG_WENT_BACK)) {
          throw new Failure(
              "Kafka has changes that the database does not know, so it was restored or is another"
                  + " one. "
                  + fault);
        }
      }
    } catch (SQLException e) {
      log.note("capture is not watched: " + e.getMessage());
    }
  }

  private void refuseFailingJob() {
    if (job.failures() >= JOB_FAILURES_LIMIT) {
      throw new Failure(job.trouble() + ". See " + data.log(FlinkCluster.JOB_MANAGER));
    }
  }

  private void start(Server server) {
    servers.process(server.process().name()).start();
    await(server);
  }

  private void await(Server server) {
    ProcessSpec process = server.process();
    await(process.title(), process.name(), server::check);
  }

  /** Waits until a check of a server passes. */
  private void await(String title, String component, Watch.Check check) {
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
          if (servers.process(component).deaths() >= DEATHS_LIMIT) {
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
   * Waits.
   *
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

  private String endOfLog(String component) {
    List<String> lines = new ArrayList<>();
    for (Path file : List.of(data.log(component), data.output(component))) {
      lines.addAll(OutputFiles.lastLines(file, 8));
    }
    return "The end of " + data.log(component) + ":\n  " + String.join("\n  ", lines);
  }
}
