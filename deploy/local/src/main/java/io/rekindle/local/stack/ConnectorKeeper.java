package io.rekindle.local.stack;

import io.rekindle.local.stack.ConnectApi.ConnectorStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Starts the connector or its task again when it has failed. Not thread-safe. */
final class ConnectorKeeper {

  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private final ConnectApi connect;
  private final EventLog log;

  private int failures;
  private long notBefore = System.nanoTime();

  ConnectorKeeper(ConnectApi connect, EventLog log) {
    this.connect = connect;
    this.log = log;
  }

  /**
   * Looks after the connector once.
   *
   * @throws IOException if the worker does not answer
   */
  void keepAlive() throws IOException {
    Optional<ConnectorStatus> status = connect.status();
    if (status.isEmpty()) {
      // The worker answers before it has read its own configuration topic to the end.
      return;
    }
    if (status.get().running()) {
      failures = 0;
      return;
    }
    if (!status.get().failed() || System.nanoTime() - notBefore < 0) {
      return;
    }
    log.say("the connector has failed (%s): starting it again".formatted(status.get().trouble()));
    connect.restartFailed();
    failures++;
    notBefore = System.nanoTime() + BACKOFF.after(failures).toNanos();
  }
}
