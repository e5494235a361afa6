package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Brings the scores after clients whose {@code created_at} the shop has changed, since lists by age
 * are read from the scores alone. The shop's own transaction only notes the client.
 */
public final class ClientSinceLoop {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final String SQL = "select engagement.follow_client_since()";

  private ClientSinceLoop() {}

  /** Makes the loop, which begins with {@link BackgroundLoop#start()}. */
  public static BackgroundLoop over(Jdbi jdbi) {
    return new BackgroundLoop(
        "client-since",
        PAUSE,
        () -> {
          jdbi.useHandle(
              handle -> {
                while (handle.createQuery(SQL).mapTo(Long.class).one() > 0) {
                  if (Thread.currentThread().isInterrupted()) {
                    return;
                  }
                }
              });
          return true;
        });
  }
}
