package io.rekindle.local.stack;

import io.rekindle.local.demo.LiveOrders;
import io.rekindle.local.job.Checkpoints;
import io.rekindle.local.job.JobWatchdog;
import io.rekindle.local.job.Savepoints;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.server.FlinkSize;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackSettings;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts a stack, keeps it running and stops it. Each data directory with a running stack has one.
 */
public final class Supervisor {

  public static final String NAME = DataDirectory.SUPERVISOR;

  /** The last event of a stack. */
  public static final String STOPPED = "stopped";

  private final DataDirectory data;
  private final Installation installation;
  private final UpRequest request;
  private final EventLog log;

  private final ExecutorService workers = Executors.newCachedThreadPool(Supervisor::daemon);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private FileLock lock;
  private StackSettings settings;
  private StackServers servers;
  private StackInfo info;
  private Checkpoints checkpoints;
  private JobWatchdog job;
  private FlinkReader page;
  private LiveOrders live;

  public Supervisor(
      DataDirectory data, Installation installation, UpRequest request, EventLog log) {
    this.data = data;
    this.installation = installation;
    this.request = request;
    this.log = log;
  }

  /**
   * Starts everything and waits for the first scores.
   *
   * @return the addresses and passwords of the stack
   * @throws Failure if a part does not start; everything is stopped then
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
   * Stops everything, the job with a savepoint for the next start. Returns when all processes have
   * ended. A second call does nothing.
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
      new Savepoints(servers.flink().api(), log).stopWithSavepoint(job.jobId());
    }
    if (servers != null) {
      for (ManagedProcess process : servers.processes()) {
        log.step("stopping " + process.spec().title());
        process.stop();
      }
    }
    if (page != null) {
      page.close();
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

    servers = new StackServers(data, installation, settings, ports, log);
    servers.configure();
    info = servers.info(null);
    info.write(data.root());
    job =
        new JobWatchdog(
            servers.flink().api(),
            installation.jobJar(),
            servers.jobArguments(),
            checkpoints,
            log,
            this::saveJobId);
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

  private synchronized void saveJobId(String jobId) {
    info = servers.info(jobId);
    info.write(data.root());
  }

  private StackInfo bringUp() {
    Watch watch = new Watch(data, servers, job, log, workers, stopping);
    StartUp startUp =
        new StartUp(
            data, installation, request, settings, servers, job, watch, log, workers, stopping);
    page = servers.flink().showPage();
    startUp.run();
    if (request.demo() && startUp.hasDemoShop()) {
      live = new LiveOrders(servers.postgres().owner(), request.demoSpeed(), log::report);
      live.start();
    }
    return info;
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
