package io.rekindle.dashboard;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.javalin.json.JavalinJackson;
import io.javalin.util.JavalinBindException;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The dashboard's server. Runs whether or not its database does, and says so at {@code /health}.
 *
 * <p>Thread-safe; close it to stop.
 */
public final class Dashboard implements AutoCloseable {

  private static final int POOL_SIZE = 4;

  /** Long enough to ride out a busy moment, short enough that a caller hears of an outage. */
  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;

  private final HikariDataSource database;
  private final Javalin server;

  private Dashboard(HikariDataSource database, Javalin server) {
    this.database = database;
    this.server = server;
  }

  /**
   * Starts to listen; returns when it does.
   *
   * @throws JavalinBindException if the address cannot be listened on
   */
  public static Dashboard start(DashboardSettings settings) {
    HikariDataSource database = new HikariDataSource(pool(settings));
    try {
      Routes routes = new Routes(database);
      Javalin server =
          Javalin.create(
              config -> {
                config.startup.showJavalinBanner = false;
                config.startup.showOldJavalinVersionWarning = false;
                config.http.defaultContentType = "application/json";
                config.jetty.threadPool = new QueuedThreadPool(16, 2);
                config.jsonMapper(json());
                routes.register(config.routes);
              });
      server.start(settings.host(), settings.port());
      return new Dashboard(database, server);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** The port that it listens on, also when the settings asked for a free one. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
    database.close();
  }

  private static HikariConfig pool(DashboardSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("dashboard");
    config.setJdbcUrl(settings.databaseUrl());
    config.setUsername(settings.databaseUser());
    config.setPassword(settings.databasePassword());
    config.setReadOnly(true);
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1); // Start without the database, and wait for it.
    config.addDataSourceProperty("ApplicationName", "rekindle-dashboard");
    config.addDataSourceProperty("connectTimeout", "2"); // seconds, like the next
    config.addDataSourceProperty("socketTimeout", "10");
    return config;
  }

  private static JavalinJackson json() {
    return new JavalinJackson(
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build(),
        false);
  }

  /** Exit codes: 0 stopped or helped, 1 cannot listen, 2 wrong settings or arguments. */
  public static void main(String[] args) {
    // Before the first logger is made; only problems are worth a line.
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    }
    if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
      System.out.print(DashboardSettings.help());
      return;
    }
    if (args.length > 0) {
      refuse(2, "Unknown argument " + args[0] + "; --help lists the settings.");
      return;
    }
    try {
      DashboardSettings settings = DashboardSettings.from(System.getenv());
      Dashboard dashboard = start(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(dashboard::close, "shutdown"));
      System.out.println("Dashboard on http://" + settings.host() + ":" + dashboard.port());
    } catch (InvalidSettingsException e) {
      refuse(2, e.getMessage());
    } catch (JavalinBindException e) {
      refuse(
          1,
          "Cannot listen: "
              + e.getMessage()
              + " Set REKINDLE_DASHBOARD_HOST and REKINDLE_DASHBOARD_PORT.");
    }
  }

  private static void refuse(int exitCode, String reason) {
    System.err.println(reason);
    System.exit(exitCode);
  }
}
