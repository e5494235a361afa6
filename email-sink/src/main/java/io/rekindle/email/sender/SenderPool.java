package io.rekindle.email.sender;

import com.zaxxer.hikari.HikariConfig;
import io.rekindle.platform.jdbc.PoolSettings;
import io.rekindle.platform.settings.DatabaseLogin;

/** The settings of the sender's connections to Postgres. */
public final class SenderPool {

  private static final int SIZE = 6;

  private SenderPool() {}

  /** Returns the settings of a pool that can be created while the database is away. */
  public static HikariConfig of(DatabaseLogin database) {
    return PoolSettings.of("sender", "rekindle-sender", SIZE, database);
  }
}
