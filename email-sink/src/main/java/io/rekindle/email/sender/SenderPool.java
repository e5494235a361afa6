package io.rekindle.email.sender;

import com.zaxxer.hikari.HikariConfig;
import io.rekindle.platform.jdbc.SessionLimits;
import io.rekindle.platform.settings.DatabaseLogin;

/** The settings of the sender's connections to Postgres. */
public final class SenderPool {

  private static final int SIZE = 6;
  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;

  private SenderPool() {}

  /** Returns the settings of a pool that can be created while the database is away. */
  public static HikariConfig of(DatabaseLogin database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sender");
    config.setJdbcUrl(database.url());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(SIZE);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1); // Start without the database, and wait for it.
    config.addDataSourceProperty("ApplicationName", "rekindle-sender");
    config.addDataSourceProperty(SessionLimits.PROPERTY, SessionLimits.options(null));
    config.addDataSourceProperty("connectTimeout", "2"); // seconds, like the next
    config.addDataSourceProperty("socketTimeout", "10");
    // The detail of a refusal quotes the row, and the log is no place for people.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    return config;
  }
}
