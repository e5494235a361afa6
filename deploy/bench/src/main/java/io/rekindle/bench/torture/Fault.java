package io.rekindle.bench.torture;

import io.rekindle.local.server.ConnectWorker;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;

/** What a run does to a stack. */
enum Fault {
  KILL_TASKMANAGER("SIGKILL of the TaskManager", (s, step) -> s.kill(FlinkCluster.TASK_MANAGER)),
  KILL_JOBMANAGER("SIGKILL of the JobManager", (s, step) -> s.kill(FlinkCluster.JOB_MANAGER)),
  KILL_CONNECT("SIGKILL of Kafka Connect", (s, step) -> s.kill(ConnectWorker.NAME)),
  KILL_KAFKA("SIGKILL of the Kafka broker", (s, step) -> s.kill(KafkaBroker.NAME)),
  KILL_SENDER("SIGKILL of the sender", (s, step) -> s.kill(MailSender.NAME)),
  KILL_DASHBOARD("SIGKILL of the dashboard", (s, step) -> s.kill(DashboardServer.NAME)),
  KILL_POSTGRES("SIGKILL of Postgres", (s, step) -> s.kill(PostgresServer.NAME)),
  FREEZE_TASKMANAGER(
      "SIGSTOP of the TaskManager", 5, 40, (s, step) -> s.freeze(FlinkCluster.TASK_MANAGER, step)),
  FREEZE_JOBMANAGER(
      "SIGSTOP of the JobManager", 5, 40, (s, step) -> s.freeze(FlinkCluster.JOB_MANAGER, step)),
  FREEZE_CONNECT(
      "SIGSTOP of Kafka Connect", 5, 40, (s, step) -> s.freeze(ConnectWorker.NAME, step)),
  FREEZE_KAFKA("SIGSTOP of the Kafka broker", 5, 40, (s, step) -> s.freeze(KafkaBroker.NAME, step)),
  FREEZE_SENDER("SIGSTOP of the sender", 5, 40, (s, step) -> s.freeze(MailSender.NAME, step)),
  FREEZE_DASHBOARD(
      "SIGSTOP of the dashboard", 5, 40, (s, step) -> s.freeze(DashboardServer.NAME, step)),
  POSTGRES_DOWN_5("a restart of Postgres, down for 5 s", 5, 5, DatabaseFaults::keepDown),
  POSTGRES_DOWN_60("a restart of Postgres, down for 60 s", 60, 60, DatabaseFaults::keepDown),
  TERMINATE_BACKENDS("every session of the database ended", DatabaseFaults::terminateBackends),
  LOCK_SCORES("locks on all rows of user_scores", 15, 40, DatabaseFaults::lockScores),
  LOCK_SHOP("locks on all orders", 15, 40, DatabaseFaults::lockOrders),
  SILENT_PARTITION("a clock row that no heartbeat touches", 15, 40, DatabaseFaults::silence),
  HUGE_TRANSACTION("tens of thousands of orders in one commit", DatabaseFaults::hugeTransaction),
  DROP_SLOT("the slot dropped, then the procedure \"Slot lost\"", CaptureFaults::loseSlot),
  KILL_MID_SNAPSHOT("a snapshot, and SIGKILL in it", CaptureFaults::killInSnapshot),
  SAVEPOINT_AND_RESUME(
      "`rekindle down`, which takes a savepoint, and `up`", (s, step) -> s.resume()),
  RESCALE("another parallelism, by a savepoint", (s, step) -> s.rescale(step));

  /** Does the fault and returns at its end. */
  interface Strike {
    void on(TortureStack stack, Step step) throws IOException, SQLException, InterruptedException;
  }

  private final String description;
  private final int shortestSeconds;
  private final int longestSeconds;

  @SuppressWarnings("ImmutableEnumChecker") // The functions have no state.
  private final Strike strike;

  Fault(String description, Strike strike) {
    this(description, 0, 0, strike);
  }

  Fault(String description, int shortestSeconds, int longestSeconds, Strike strike) {
    this.description = description;
    this.shortestSeconds = shortestSeconds;
    this.longestSeconds = longestSeconds;
    this.strike = strike;
  }

  String description() {
    return description;
  }

  int shortestSeconds() {
    return shortestSeconds;
  }

  int longestSeconds() {
    return longestSeconds;
  }

  void strike(TortureStack stack, Step step)
      throws IOException, SQLException, InterruptedException {
    strike.on(stack, step);
  }

  /** The name as the command line and the log write it, such as {@code kill-kafka}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
