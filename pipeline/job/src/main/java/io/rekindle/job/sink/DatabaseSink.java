package io.rekindle.job.sink;

import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * Stores results in Postgres.
 *
 * <p>At least once, and idempotent: what is stored again changes nothing.
 *
 * <p>Flink's own JDBC sink opens the connections but does not do the writing, for three reasons. It
 * gives up as soon as one attempt to reconnect fails, so that a restart of the database would be a
 * restart of the job. It does not tell its statement the watermark, and progress may only be
 * written after the rows that it speaks of. And it writes one table, while score, history and
 * progress belong in one transaction.
 *
 * @param <T> what is stored
 */
public final class DatabaseSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  /** Makes the statements where they are used, since they keep what they have learnt. */
  private interface TablesFactory<T> extends Serializable {
    Tables<T> create();
  }

  private final TablesFactory<T> tables;
  private final DatabaseSettings settings;

  private DatabaseSink(TablesFactory<T> tables, DatabaseSettings settings) {
    this.tables = tables;
    this.settings = settings;
  }

  /**
   * Stores score updates in {@code engagement.user_scores}, {@code score_history} and {@code
   * risk_episodes}, and then how far they are complete in {@code pipeline_progress}.
   */
  public static DatabaseSink<ScoreUpdate> ofScoreUpdates(DatabaseSettings settings) {
    return new DatabaseSink<>(ScoreTables::new, settings);
  }

  /** Stores decisions in {@code engagement.outreach_decisions}: of each episode the first. */
  public static DatabaseSink<Decision> ofDecisions(DatabaseSettings settings) {
    return new DatabaseSink<>(DecisionTables::new, settings);
  }

  /** Stores the policy in force in {@code engagement.policy_in_force}. */
  public static DatabaseSink<PolicyInForce> ofPolicyInForce(DatabaseSettings settings) {
    return new DatabaseSink<>(PolicyTables::new, settings);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    Tables<T> statements = tables.create();
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
        settings.flushInterval().toMillis(),
        settings.flushRows(),
        context.getProcessingTimeService(),
        context.metricGroup());
  }
}
