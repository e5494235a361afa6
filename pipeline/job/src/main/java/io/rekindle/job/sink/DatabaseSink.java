package io.rekindle.job.sink;

import io.rekindle.job.engagement.Judgement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * Stores judgements in {@code engagement.user_scores} and {@code score_history}, and then how far
 * they are complete in {@code pipeline_progress}.
 *
 * <p>At least once, and idempotent: what is stored again changes nothing.
 *
 * <p>Flink's own JDBC sink opens the connections but does not do the writing, for three reasons. It
 * gives up as soon as one attempt to reconnect fails, so that a restart of the database would be a
 * restart of the job. It does not tell its statement the watermark, and progress may only be
 * written after the rows that it speaks of. And it writes one table, while score, history and
 * progress belong in one transaction.
 */
public final class DatabaseSink implements Sink<Judgement> {

  private static final long serialVersionUID = 1L;

  private final JdbcConnectionOptions connection;
  private final Duration flushInterval;
  private final int flushRows;
  private final Duration retryTimeout;

  /**
   * @param password null if the role has none
   * @param flushInterval longest time that a judgement waits for others
   * @param flushRows judgements after which a batch is written at once
   * @param retryTimeout how long an unreachable database is tried again before the job fails
   */
  public DatabaseSink(
      String url,
      String user,
      String password,
      Duration flushInterval,
      int flushRows,
      Duration retryTimeout) {
    JdbcConnectionOptions.JdbcConnectionOptionsBuilder builder =
        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
            .withUrl(url)
            .withDriverName("org.postgresql.Driver")
            .withUsername(user)
            .withProperty("ApplicationName", "rekindle-job")
            .withProperty("connectTimeout", "10")
            // A database that vanished without a word must not hold the job up for ever.
            .withProperty("socketTimeout", Long.toString(TimeUnit.MINUTES.toSeconds(2)))
            .withProperty("tcpKeepAlive", "true");
    this.connection = (password == null ? builder : builder.withPassword(password)).build();
    this.flushInterval = flushInterval;
    this.flushRows = flushRows;
    this.retryTimeout = retryTimeout;
  }

  @Override
  public SinkWriter<Judgement> createWriter(WriterInitContext context) {
    Database database =
        new Database(
            new SimpleJdbcConnectionProvider(connection),
            retryTimeout,
            context.getTaskInfo().getIndexOfThisSubtask(),
            context.getTaskInfo().getNumberOfParallelSubtasks());
    return new DatabaseWriter(
        database,
        flushInterval.toMillis(),
        flushRows,
        context.getProcessingTimeService(),
        context.metricGroup());
  }
}
