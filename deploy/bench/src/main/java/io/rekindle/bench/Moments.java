package io.rekindle.bench;

import io.rekindle.bench.sandbox.PipelineSandbox;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.JobSettings;
import io.rekindle.job.engagement.EngagementMetrics;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;

/**
 * Measures the moments that touch every user, with a SIGKILL of the TaskManager in the middle, and
 * compares all scores at the end.
 */
final class Moments {

  /** A moment that touches every user. */
  enum Moment {
    /** One transaction over all orders. */
    TRANSACTION,
    /** Another policy. */
    POLICY;

    /** The name in lower case, as on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String OPERATOR = "Evaluate_engagement";
  private static final int PARALLELISM = 2;
  private static final String NEXT_POLICY = "document-v1";
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final long POLL_MS = 500;

  /** The stream begins this long ago, so that its last tick is not in the future. */
  private static final long AGO_MS = 600_000;

  private final PrintWriter out;
  private final Progress progress;
  private final PipelineSandbox sandbox;
  private final BulkStream stream;
  private final KafkaFiller kafka;

  /** A step of the measurement that can be true or not yet. */
  private interface Condition {

    boolean holds() throws IOException, SQLException;
  }

  private Moments(
      PrintWriter out,
      Progress progress,
      PipelineSandbox sandbox,
      BulkStream stream,
      KafkaFiller kafka) {
    this.out = out;
    this.progress = progress;
    this.sandbox = sandbox;
    this.stream = stream;
    this.kafka = kafka;
  }

  /**
   * Runs one moment, and prints what happened.
   *
   * @return the number of differences
   */
  static long measure(
      Moment moment, int users, int orders, JobSettings.StateBackend state, PrintWriter out)
      throws IOException, SQLException, InterruptedException {
    BulkStream stream =
        new BulkStream(
            Topics.standard(),
            users,
            Math.max(1, orders / users),
            moment == Moment.TRANSACTION,
            System.currentTimeMillis() - AGO_MS);
    try (Progress progress = Progress.onStandardError();
        PipelineSandbox sandbox = PipelineSandbox.start(state, PARALLELISM, progress);
        KafkaFiller kafka = new KafkaFiller(sandbox.kafka())) {
      kafka.fill(stream::load, stream.changes(), progress);
      Moments moments = new Moments(out, progress, sandbox, stream, kafka);
      out.printf(
          Locale.ROOT,
          "%s: %,d users, %,d orders, state %s%n",
          moment,
          users,
          stream.changes() - users,
          state);
      sandbox.startJob();
      if (moment == Moment.TRANSACTION) {
        moments.transaction();
      } else {
        moments.policy(users);
      }
      return moments.compare(moment == Moment.TRANSACTION ? "cadence-v1" : NEXT_POLICY, users);
    }
  }

  /** Two kills: half of the changes are read, and half of those that wait are evaluated. */
  private void transaction() throws IOException, SQLException, InterruptedException {
    long begin = System.nanoTime();
    await("reading", () -> checkpointed() && read() >= stream.changes() / 2);
    kill("after %,d read changes".formatted(read()));
    long[] read = new long[1];
    long[] most = new long[1];
    long[] waiting = new long[1];
    await(
        "reading and evaluating",
        () -> {
          read[0] = Math.max(read[0], read());
          waiting[0] = metric(EngagementMetrics.WAITING);
          most[0] = Math.max(most[0], waiting[0]);
          boolean halfEvaluated =
              most[0] > stream.changes() / 4 && waiting[0] > 0 && waiting[0] < most[0] / 2;
          return halfEvaluated || scoredUntil() >= stream.transactionAt();
        });
    out.printf(
        Locale.ROOT,
        "  the restored job read %,d changes; at most %,d waited in state%n",
        read[0],
        most[0]);
    if (waiting[0] > 0) {
      kill("with %,d changes left to evaluate".formatted(waiting[0]));
    }
    await("evaluating", () -> scoredUntil() >= stream.transactionAt());
    printEnd(begin);
  }

  /** A stop at a quarter of the users, and a kill at half of them. */
  private void policy(int users) throws IOException, SQLException, InterruptedException {
    await("loading", () -> scoredUntil() >= stream.transactionAt());
    long loaded = metric(EngagementMetrics.EVALUATED);
    long before = sandbox.flink().checkpoints(sandbox.jobId()).complete();
    String document = ScoringPolicy.builtIn(NEXT_POLICY).json();
    kafka.write(messages -> stream.policy(NEXT_POLICY, document, messages));
    long begin = System.nanoTime();
    await("evaluating", () -> metric(EngagementMetrics.EVALUATED) >= loaded + users / 4);
    long complete = sandbox.flink().checkpoints(sandbox.jobId()).complete() - before;
    Duration stop = sandbox.stopJob();
    long stopped = scoredByPolicy();
    out.printf(
        Locale.ROOT,
        "  %,d checkpoints, then a stop with a savepoint in %.1f s at %,d users%n",
        complete,
        stop.toMillis() / 1e3,
        stopped);
    out.flush();
    sandbox.startJob();
    await(
        "evaluating",
        () -> checkpointed() && metric(EngagementMetrics.EVALUATED) >= users / 2 - stopped);
    kill("at %,d users".formatted(scoredByPolicy()));
    long[] evaluated = new long[1];
    await(
        "evaluating",
        () -> {
          evaluated[0] = Math.max(evaluated[0], metric(EngagementMetrics.EVALUATED));
          return scoredUntil() >= stream.policyAt();
        });
    out.printf(Locale.ROOT, "  the restored job evaluated %,d users%n", evaluated[0]);
    printEnd(begin);
  }

  private void kill(String when) throws IOException, SQLException, InterruptedException {
    FlinkRest.CheckpointCount checkpoints = sandbox.flink().checkpoints(sandbox.jobId());
    out.printf(
        Locale.ROOT,
        "  SIGKILL of the TaskManager %s, with %d checkpoints; its memory was at most %,d MB%n",
        when,
        checkpoints.complete(),
        sandbox.peakTaskManagerBytes() >> 20);
    out.flush();
    long killed = System.nanoTime();
    sandbox.killTaskManager();
    // Flink's metrics of a killed process are old for a while, so the tasks' states tell.
    await("noticing", () -> !running());
    await("restarting", this::running);
    out.printf(Locale.ROOT, "  running again after %.1f s%n", (System.nanoTime() - killed) / 1e9);
    out.flush();
  }

  private void printEnd(long begin) throws IOException {
    FlinkRest.CheckpointCount checkpoints = sandbox.flink().checkpoints(sandbox.jobId());
    out.printf(
        Locale.ROOT,
        "  complete after %.0f s, kills included; %d checkpoints, the longest %.1f s; memory at"
            + " most %,d MB%n",
        (System.nanoTime() - begin) / 1e9,
        checkpoints.complete(),
        checkpoints.longestMillis() / 1e3,
        sandbox.peakTaskManagerBytes() >> 20);
    out.flush();
  }

  private long compare(String policy, int users) throws SQLException {
    progress.step("comparing all scores");
    ScoreCheck check = new ScoreCheck(stream, ScoringPolicy.builtIn(policy), policy);
    long differences = check.differences(sandbox.owner(), users, out);
    out.printf(Locale.ROOT, "  %,d differences%n", differences);
    out.flush();
    return differences;
  }

  private void await(String step, Condition condition)
      throws IOException, SQLException, InterruptedException {
    progress.step(step);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      sandbox.keepAlive();
      kafka.write(stream::beat);
      if (condition.holds()) {
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new Failure(
            "%s takes longer than %d minutes: %,d read, %,d evaluated, %,d wait, scored until %d"
                .formatted(
                    step,
                    LIMIT.toMinutes(),
                    read(),
                    metric(EngagementMetrics.EVALUATED),
                    metric(EngagementMetrics.WAITING),
                    scoredUntil()));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private boolean running() throws IOException {
    return sandbox.flink().job(sandbox.jobId()).filter(FlinkRest.Job::running).isPresent();
  }

  private boolean checkpointed() throws IOException {
    return sandbox.flink().checkpoints(sandbox.jobId()).complete() > 0;
  }

  /** The changes that the present tasks of the sources have passed on. */
  private long read() throws IOException {
    return sandbox.flink().vertices(sandbox.jobId()).stream()
        .filter(FlinkRest.Vertex::isSource)
        .mapToLong(FlinkRest.Vertex::writtenRecords)
        .max()
        .orElse(0);
  }

  /** A metric of the engagement operator, summed over its present tasks. */
  private long metric(String name) throws IOException {
    for (FlinkRest.Vertex vertex : sandbox.flink().vertices(sandbox.jobId())) {
      if (vertex.name().startsWith(OPERATOR.replace('_', ' '))) {
        return sandbox
            .flink()
            .sum(
                sandbox.jobId(),
                vertex.id(),
                String.join(".", OPERATOR, EngagementMetrics.GROUP, name))
            .orElse(0);
      }
    }
    return 0;
  }

  private long scoredUntil() throws SQLException {
    return number(
        "select coalesce((extract(epoch from scored_until) * 1000)::bigint, 0)"
            + " from engagement.scored_until");
  }

  private long scoredByPolicy() throws SQLException {
    return number(
        "select count(*) from engagement.user_scores where policy_version = '" + NEXT_POLICY + "'");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = sandbox.owner().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
