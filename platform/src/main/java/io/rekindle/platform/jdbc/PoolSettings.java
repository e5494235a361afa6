package io.rekindle.platform.jdbc;

import com.zaxxer.hikari.HikariConfig;
import io.rekindle.platform.settings.DatabaseLogin;

/** The settings of a pool of connections to Postgres, which all programs with a pool share. */
public final class PoolSettings {

  /** Long enough for a busy moment, short enough to report an outage. */
  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;

  private PoolSettings() {}

  /**
   * Returns the settings of a pool that can be created while the database is away.
   *
   * @param name the pool's name in logs and metrics
   * @param application the name that the database shows for the connections
   * @param size the most connections
   */
  public static HikariConfig of(String name, String application, int size, DatabaseLogin database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(database.url());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setValidationTimeout(1_000);
    // The first connection of a JVM takes long, so it is not made under the limit above. The pool
    // starts
    // without it all the same.
    config.setInitializationFailTimeout(0);
    config.addDataSourceProperty("ApplicationName", application);
    config.addDataSourceProperty(SessionLimits.PROPERTY, SessionLimits.options(null));
    config.addDataSourceProperty("connectTimeout", "2"); // seconds, like the next
    config.addDataSourceProperty("socketTimeout", "10");
    // The detail of a refusal quotes the row, and the log is no place for people.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    return config;
  }
}
