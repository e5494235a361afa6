package io.rekindle.dashboard.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.jdbc.SessionLimits;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;

/**
 * The connections to Postgres: a pool for quick queries, and separate connections for long work. It
 * can be created while the database is away. Thread-safe.
 */
public final class DashboardDatabase implements AutoCloseable {

  /** Enough connections that slow queries do not keep quick ones waiting. */
  private static final int POOL_SIZE = 16;

  /**
   * A filter may leave one client or all of them, and no single plan suits both. A query that took
   * both cores would delay the others. The working memory holds all clients that a search finds,
   * even if the planner underestimates them. The socket gives up after 10 s, so Postgres stops
   * earlier.
   */
  private static final String SESSION =
      "set plan_cache_mode = force_custom_plan; set max_parallel_workers_per_gather = 0;"
          + " set work_mem = '16MB'; set statement_timeout = '8s'";

  /** Long enough for a busy moment, short enough to report an outage. */
  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;

  private final String url;
  private final String user;
  private final String password;
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final Jdbi unlimited;

  /**
   * @param url JDBC URL of Postgres
   */
  public DashboardDatabase(String url, String user, String password) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.pool = new HikariDataSource(configuration());
    this.jdbi = RowMappers.register(Jdbi.create(pool));
    this.unlimited = RowMappers.register(Jdbi.create(this::connectUnlimited));
  }

  /** Uses the pool; a statement may take 8 s. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** A new connection for each handle, without a limit on how long a statement takes. */
  public Jdbi unlimited() {
    return unlimited;
  }

  public HikariDataSource pool() {
    return pool;
  }

  /** A new connection without a limit on how long a statement takes; the caller closes it. */
  public Connection connectUnlimited() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", "rekindle-dashboard-work");
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("logServerErrorDetail", "false");
    return DriverManager.getConnection(url, properties);
  }

  @Override
  public void close() {
    pool.close();
  }

  private HikariConfig configuration() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("dashboard");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1); // Start without the database, and wait for it.
    config.setConnectionInitSql(SESSION);
    config.addDataSourceProperty("ApplicationName", "rekindle-dashboard");
    config.addDataSourceProperty(SessionLimits.PROPERTY, SessionLimits.options(null));
    config.addDataSourceProperty("connectTimeout", "2"); // seconds, like the next
    config.addDataSourceProperty("socketTimeout", "10");
    // The detail of a refusal quotes the row, and the log is no place for people.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    return config;
  }
}
