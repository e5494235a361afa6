package io.rekindle.job.sink;

import io.rekindle.platform.jdbc.SessionLimits;
import io.rekindle.platform.settings.Secret;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * The settings of the sinks to Postgres.
 *
 * @param url JDBC URL of Postgres
 * @param password read by each task from its environment; null if the role has none
 * @param flushInterval the longest wait of a result for others
 * @param flushRows the number of results at which the sink writes a batch at once
 * @param retryTimeout the time of repeats at an unreachable database before the job fails
 */
public record DatabaseSettings(
    String url,
    String user,
    Secret password,
    Duration flushInterval,
    int flushRows,
    Duration retryTimeout)
    implements Serializable {

  /** A row that is locked for longer is tried again on a new connection. */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

  JdbcConnectionOptions connection() {
    JdbcConnectionOptions.JdbcConnectionOptionsBuilder builder =
        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
            .withUrl(url)
            .withDriverName("org.postgresql.Driver")
            .withUsername(user)
            .withProperty("ApplicationName", "rekindle-job")
            .withProperty("connectTimeout", "10")
            // The log has the database's errors, and their details would quote rows.
            .withProperty("logServerErrorDetail", "false")
            // A database that vanished must not block the job for ever.
            .withProperty("socketTimeout", Long.toString(TimeUnit.MINUTES.toSeconds(2)))
            .withProperty("tcpKeepAlive", "true")
            .withProperty(SessionLimits.PROPERTY, SessionLimits.options(LOCK_TIMEOUT));
    return (password == null ? builder : builder.withPassword(password.value())).build();
  }

  /** Opens a connection, which the caller closes. */
  public Connection connect() throws SQLException {
    try {
      return new SimpleJdbcConnectionProvider(connection()).getOrEstablishConnection();
    } catch (ClassNotFoundException e) {
      throw new SQLException("The job's jar has no Postgres driver", e);
    }
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "DatabaseSettings[url=" + url + ", user=" + user + "]";
  }
}
