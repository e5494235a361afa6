package io.rekindle.connectors.setup;

import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.connectors.connect.ConnectApi.ConnectorStatus;
import io.rekindle.connectors.connect.ConnectorConfig;
import io.rekindle.connectors.connect.ConnectorWatchdog;
import io.rekindle.platform.rest.TlsIdentity;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the connector with a Kafka Connect worker and keeps it running, as a program of its
 * own. Connect itself never restarts a failed task, even after a passing failure. The program is
 * for containers; on Kubernetes, Strimzi's operator does this.
 *
 * <p>Not thread-safe.
 */
public final class ConnectorMain {

  /** Every setting of the program. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -cp ... io.rekindle.connectors.setup.ConnectorMain",
          """
          The program registers the connector with Kafka Connect, and restarts it after a failure.
          The worker has the password of rekindle_cdc in its own environment, as
          REKINDLE_CDC_PASSWORD.""",
          Sources.ENVIRONMENT,
          values -> {});

  private static final Setting<String> CONNECT_URL =
      SETTINGS
          .declare(
              "connect.url",
              SettingType.matching("a URL, such as http://127.0.0.1:8083", "https?://[^/]+/?"))
          .required("REST API of the worker, such as http://127.0.0.1:8083.");

  private static final Setting<Optional<Path>> CONNECT_TLS =
      SETTINGS
          .declare("connect.tls", TlsIdentity.directory())
          .optional("Directory with the key and the certificates for that API, in PEM.");

  private static final Setting<String> DATABASE_HOST =
      SETTINGS
          .declare("database.host", SettingType.text())
          .required("Host of the database, as the worker reaches it.");

  private static final Setting<Integer> DATABASE_PORT =
      SETTINGS
          .declare("database.port", SettingType.wholeNumber(1, 65_535))
          .withDefault("5432", "Port of the database.");

  private static final Setting<String> DATABASE_NAME =
      SETTINGS
          .declare("database.name", SettingType.text())
          .withDefault("rekindle", "Name of the database.");

  private static final Setting<Optional<String>> ROOT_CERTIFICATE =
      SETTINGS
          .declare("database.root-certificate", SettingType.text())
          .optional(
              "File, as the worker reaches it, with the certificates by which the database is known"
                  + " (PEM). Without it, the connection to the database is not encrypted.");

  private static final Setting<Integer> PARTITIONS = TopicPartitions.declare(SETTINGS);

  private static final Logger LOG = LoggerFactory.getLogger(ConnectorMain.class);

  private static final long CHECK_INTERVAL_MILLIS = 5_000;

  private final ConnectApi connect;
  private final ConnectorWatchdog watchdog;
  private final Map<String, String> config;

  private boolean registered;
  private String lastLogged = "";

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  ConnectorMain(ConnectApi connect, Map<String, String> config, LongSupplier nanoTime) {
    this.connect = connect;
    this.watchdog = new ConnectorWatchdog(connect, this::logIfNew, nanoTime);
    this.config = config;
  }

  /**
   * Ends by itself only with exit code 2, for settings that are wrong or that the worker refuses.
   */
  public static void main(String[] args) throws InterruptedException {
    ConnectorMain connector = of(SETTINGS.readOrExit(args));
    try {
      while (true) {
        connector.checkOnce();
        Thread.sleep(CHECK_INTERVAL_MILLIS);
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static ConnectorMain of(SettingValues values) {
    return new ConnectorMain(
        new ConnectApi(
            values.get(CONNECT_URL).replaceFirst("/$", ""), values.get(CONNECT_TLS).orElse(null)),
        ConnectorConfig.of(
            values.get(DATABASE_HOST),
            values.get(DATABASE_PORT),
            "rekindle_cdc",
            "${env:REKINDLE_CDC_PASSWORD}",
            values.get(DATABASE_NAME),
            values.get(ROOT_CERTIFICATE).orElse(null),
            values.get(PARTITIONS)),
        System::nanoTime);
  }

  /**
   * Checks the connector once. Registers it if the worker does not know it, and restarts it after a
   * failure.
   *
   * @throws IllegalArgumentException if the worker refuses the connector's settings
   */
  void checkOnce() {
    try {
      if (!registered) {
        register();
      }
      registered = watchdog.keepAlive().map(this::logIfRunning).isPresent();
    } catch (IOException e) {
      logIfNew("Kafka Connect does not answer as it should: " + e.getMessage());
    }
  }

  private void register() throws IOException {
    connect.put(config);
    registered = true;
    logIfNew("Kafka Connect has the connector.");
  }

  private ConnectorStatus logIfRunning(ConnectorStatus status) {
    if (status.running()) {
      logIfNew("The connector runs.");
    }
    return status;
  }

  /** Logs a message unless it is the last one logged. */
  private void logIfNew(String what) {
    if (!what.equals(lastLogged)) {
      LOG.info(what);
      lastLogged = what;
    }
  }
}
