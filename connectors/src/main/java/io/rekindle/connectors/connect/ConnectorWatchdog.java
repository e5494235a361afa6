package io.rekindle.connectors.connect;

import io.rekindle.connectors.connect.ConnectApi.ConnectorStatus;
import io.rekindle.platform.rest.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Restarts the connector or its task after a failure. Connect never restarts a failed task. Not
 * thread-safe.
 */
public final class ConnectorWatchdog {

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final ConnectApi connect;
  private final Consumer<String> log;
  private final LongSupplier nanoTime;

  private int failures;
  private long notBefore;

  /**
   * @param log receives a line for every restart
   */
  public ConnectorWatchdog(ConnectApi connect, Consumer<String> log) {
    this(connect, log, System::nanoTime);
  }

  public ConnectorWatchdog(ConnectApi connect, Consumer<String> log, LongSupplier nanoTime) {
    this.connect = connect;
    this.log = log;
    this.nanoTime = nanoTime;
    this.notBefore = nanoTime.getAsLong();
  }

  /**
   * Checks the connector once.
   *
   * @return the state of the connector; empty if the worker does not know the connector, such as
   *     before it has read its configuration topic
   * @throws IOException if the worker does not answer
   */
  public Optional<ConnectorStatus> keepAlive() throws IOException {
    Optional<ConnectorStatus> status = connect.status();
    if (status.isPresent()) {
      keepAlive(status.get());
    }
    return status;
  }

  private void keepAlive(ConnectorStatus status) throws IOException {
    if (status.running()) {
      failures = 0;
    } else if (status.failed() && nanoTime.getAsLong() - notBefore >= 0) {
      log.accept("the connector has failed (%s): starting it again".formatted(status.trouble()));
      connect.restartFailed();
      failures++;
      notBefore = nanoTime.getAsLong() + BACKOFF.after(failures).toNanos();
    }
  }
}
