package io.rekindle.job.sink;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * How the job stores its results.
 *
 * @param url JDBC URL of Postgres
 * @param password null if the role has none
 * @param flushInterval longest time that a result waits for others
 * @param flushRows results after which a batch is written at once
 * @param retryTimeout how long an unreachable database is tried again before the job fails
 */
public record DatabaseSettings(
    String url,
    String user,
    String password,
    Duration flushInterval,
    int flushRows,
    Duration retryTimeout)
    implements Serializable {

  JdbcConnectionOptions connection() {
    JdbcConnectionOptions.JdbcConnectionOptionsBuilder builder =
        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
            .withUrl(url)
            .withDriverName("org.postgresql.Driver")
            .withUsername(user)
            .withProperty("ApplicationName", "rekindle-job")
            .withProperty("connectTimeout", "10")
            // What the database refuses is logged; its detail would quote the row.
            .withProperty("logServerErrorDetail", "false")
            // A database that vanished without a word must not hold the job up for ever.
            .withProperty("socketTimeout", Long.toString(TimeUnit.MINUTES.toSeconds(2)))
            .withProperty("tcpKeepAlive", "true");
    return (password == null ? builder : builder.withPassword(password)).build();
  }

  /** A new connection, for those who keep it themselves. */
  public Connection connect() throws SQLException {
    try {
      return new SimpleJdbcConnectionProvider(connection()).getOrEstablishConnection();
    } catch (ClassNotFoundException e) {
      throw new SQLException("The job's jar has no Postgres driver", e);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "DatabaseSettings[url=" + url + ", user=" + user + "]";
  }
}
