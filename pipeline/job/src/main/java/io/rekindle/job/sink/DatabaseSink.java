package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * Stores results in Postgres, at least once. A second write of a result changes nothing.
 *
 * <p>Flink's own JDBC sink opens the connections, but it does not write, for three reasons. It
 * fails after one unsuccessful reconnect, so a restart of the database would restart the job. It
 * does not pass the watermark to its statement, and progress must follow its rows. It writes one
 * table, but score, history and progress belong in one transaction.
 *
 * <p>A row that the database refuses goes to a sink of dead letters. That sink is part of this one:
 * a checkpoint completes after both have everything, so no refusal is lost.
 *
 * @param <T> type of the results
 */
public final class DatabaseSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  /** Counter: rows of history of months that are detached. */
  private static final String UNSTORED_HISTORY = "unstoredHistoryRows";

  /** Creates the statements in the task, since they have state. */
  private interface TablesFactory<T> extends Serializable {

    /** Makes the statements of a subtask. */
    Tables<T> create(WriterInitContext context);
  }

  private final TablesFactory<T> tables;
  private final DatabaseSettings settings;
  private final Sink<DeadLetter> refusedRows;

  private DatabaseSink(
      TablesFactory<T> tables, DatabaseSettings settings, Sink<DeadLetter> refusedRows) {
    this.tables = tables;
    this.settings = settings;
    this.refusedRows = refusedRows;
  }

  /**
   * Stores score updates in {@code engagement.user_scores}, {@code score_history} and {@code
   * risk_episodes}, and then their progress in {@code pipeline_progress}.
   *
   * @param backfillQuietTime for how long the evaluation of a user waits while older orders are
   *     added, which is stored with the progress
   */
  public static DatabaseSink<ScoreUpdate> ofScoreUpdates(
      DatabaseSettings settings, Duration backfillQuietTime, Sink<DeadLetter> refusedRows) {
    return new DatabaseSink<>(
        context ->
            new ScoreTables(
                backfillQuietTime,
                context.getRestoredCheckpointId().isEmpty()
                    && context.getTaskInfo().getIndexOfThisSubtask() == 0,
                context.metricGroup().addGroup(DatabaseWriter.GROUP).counter(UNSTORED_HISTORY)),
        settings,
        refusedRows);
  }

  /** Stores the first decision about each episode in {@code engagement.outreach_decisions}. */
  public static DatabaseSink<Decision> ofDecisions(
      DatabaseSettings settings, Sink<DeadLetter> refusedRows) {
    return new DatabaseSink<>(context -> new DecisionTables(), settings, refusedRows);
  }

  /** Stores the policy in force in {@code engagement.policy_in_force}. */
  public static DatabaseSink<PolicyInForce> ofPolicyInForce(
      DatabaseSettings settings, Sink<DeadLetter> refusedRows) {
    return new DatabaseSink<>(context -> new PolicyTables(), settings, refusedRows);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    Tables<T> statements = tables.create(context);
    RetryingDatabase<T> database =
        new RetryingDatabase<>(
            statements,
            new SimpleJdbcConnectionProvider(settings.connection()),
            settings.retryTimeout(),
            context.getTaskInfo().getIndexOfThisSubtask(),
            context.getTaskInfo().getNumberOfParallelSubtasks());
    return new DatabaseWriter<>(
        statements,
        database,
        new RefusedRows(refusedRows, context),
        settings.flushInterval().toMillis(),
        settings.flushRows(),
        context.getProcessingTimeService(),
        context.metricGroup());
  }
}
