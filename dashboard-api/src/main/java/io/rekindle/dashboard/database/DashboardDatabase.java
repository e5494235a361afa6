package io.rekindle.dashboard.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.jdbc.PoolSettings;
import io.rekindle.platform.settings.DatabaseLogin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;

/**
 * The connections to Postgres: a pool for snapshots, a pool for changes and what belongs to them,
 * and separate connections for long work. It can be created while the database is away.
 * Thread-safe.
 */
public final class DashboardDatabase implements AutoCloseable {

  /** Enough connections that slow reads do not keep quick ones waiting. */
  private static final int READING_POOL_SIZE = 16;

  /** Sign-ins and changes are short. */
  private static final int POOL_SIZE = 8;

  /**
   * A query that took both cores would delay the others. The working memory holds all clients that
   * a search finds, even if the planner underestimates them. The socket gives up after 10 s, so
   * Postgres stops earlier.
   */
  private static final String SESSION =
      "set max_parallel_workers_per_gather = 0; set work_mem = '16MB'; set statement_timeout = '8s'";

  /**
   * A filter may leave one client or all of them, and no single plan suits both. Statements of the
   * other pool ask by a key, above all for the session of each request, and keep their plan. As
   * defaults of the session, isolation and access cost a snapshot no statement.
   */
  private static final String READING_SESSION =
      SESSION
          + "; set plan_cache_mode = force_custom_plan;"
          + " set default_transaction_isolation = 'repeatable read';"
          + " set default_transaction_read_only = on";

  private final DatabaseLogin login;
  private final HikariDataSource pool;
  private final HikariDataSource readingPool;
  private final Jdbi jdbi;
  private final Jdbi reading;
  private final Jdbi unlimited;
  private final Snapshots snapshots;

  /**
   * @param url JDBC URL of Postgres
   */
  public DashboardDatabase(String url, String user, String password) {
    this.login = new DatabaseLogin(url, user, password);
    this.pool = new HikariDataSource(configuration("dashboard", POOL_SIZE, SESSION));
    this.readingPool =
        new HikariDataSource(
            configuration("dashboard-reading", READING_POOL_SIZE, READING_SESSION));
    this.jdbi = configured(Jdbi.create(pool));
    this.reading = configured(Jdbi.create(readingPool));
    this.unlimited = configured(Jdbi.create(this::connectUnlimited));
    this.snapshots = new Snapshots(reading);
  }

  private static Jdbi configured(Jdbi jdbi) {
    // No statement has attributes, and looking for them takes as long as looking for parameters.
    jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
    return RowMappers.register(jdbi);
  }

  /** Uses the pool for changes; a statement may take 8 s. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** Uses the pool for snapshots; a statement may take 8 s. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** Adds a plugin to the handles of both pools. */
  public void install(JdbiPlugin plugin) {
    jdbi.installPlugin(plugin);
    reading.installPlugin(plugin);
  }

  /** A new connection for each handle, without a limit on how long a statement takes. */
  public Jdbi unlimited() {
    return unlimited;
  }

  /** Both pools. */
  public List<HikariDataSource> pools() {
    return List.of(pool, readingPool);
  }

  /** A new connection without a limit on how long a statement takes; the caller closes it. */
  public Connection connectUnlimited() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    properties.setProperty("ApplicationName", "rekindle-dashboard-work");
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("logServerErrorDetail", "false");
    return DriverManager.getConnection(login.url(), properties);
  }

  @Override
  public void close() {
    pool.close();
    readingPool.close();
  }

  private HikariConfig configuration(String name, int size, String session) {
    HikariConfig config = PoolSettings.of(name, "rekindle-dashboard", size, login);
    config.setConnectionInitSql(session);
    return config;
  }
}
