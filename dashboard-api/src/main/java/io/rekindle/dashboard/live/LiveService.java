package io.rekindle.dashboard.live;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Sends events to all pages that listen. One thread asks the database once a second while there are
 * any, and sends all of them the same bytes. Thread-safe.
 */
public final class LiveService implements AutoCloseable {

  private static final int MAX_STREAMS = 2_000;

  /** A person has so many pages open at most; a program needs one stream. */
  static final int MAX_STREAMS_PER_PRINCIPAL = 20;

  private static final byte[] KEEP_ALIVE = ": \n\n".getBytes(StandardCharsets.UTF_8);

  /** Before anything between here and the browser takes the connection for dead. */
  private static final int ROUNDS_PER_KEEP_ALIVE = 10;

  /** How often those who listen are checked. A stream outlives its session or key by no more. */
  private static final int ROUNDS_PER_CHECK = 10;

  private final LiveEventPoller poller;
  private final Map<EventStream, Permission> streams = new ConcurrentHashMap<>();
  private final Map<String, Integer> streamsByPrincipal = new ConcurrentHashMap<>();
  private final BackgroundLoop loop =
      new BackgroundLoop("live", Duration.ofSeconds(1), this::publish);
  private int rounds;

  /** Why a page may listen. Equal permissions are checked once for all of their pages. */
  @FunctionalInterface
  interface Permission {
    boolean stillHolds();
  }

  /** Whether a page may listen. */
  enum Admission {
    ADMITTED,
    TOO_MANY_STREAMS,
    TOO_MANY_OF_PRINCIPAL
  }

  public LiveService(Jdbi jdbi, ProgressQuery progress) {
    this.poller = new LiveEventPoller(jdbi, progress);
  }

  public void start() {
    loop.start();
  }

  /** How many pages listen. */
  public int listeners() {
    return streams.size();
  }

  /** Counts a page that is going to listen; once admitted, {@link #release} has to follow. */
  Admission admit(String principal) {
    if (streams.size() >= MAX_STREAMS) {
      return Admission.TOO_MANY_STREAMS;
    }
    if (streamsByPrincipal.merge(principal, 1, Integer::sum) > MAX_STREAMS_PER_PRINCIPAL) {
      release(principal);
      return Admission.TOO_MANY_OF_PRINCIPAL;
    }
    return Admission.ADMITTED;
  }

  void release(String principal) {
    streamsByPrincipal.compute(principal, (key, count) -> count == 1 ? null : count - 1);
  }

  void add(EventStream stream, Permission permission) {
    streams.put(stream, permission);
  }

  void remove(EventStream stream) {
    streams.remove(stream);
  }

  @Override
  public void close() {
    loop.close();
    streams.keySet().forEach(EventStream::end);
  }

  private boolean publish() {
    if (streams.isEmpty()) {
      poller.reset();
      return true;
    }
    rounds++;
    if (rounds % ROUNDS_PER_KEEP_ALIVE == 0) {
      streams.keySet().forEach(stream -> stream.send(KEEP_ALIVE));
    }
    if (rounds % ROUNDS_PER_CHECK == 0) {
      endRevoked();
    }
    for (LiveEventPoller.Event event : poller.next()) {
      byte[] message =
          "event: %s\ndata: %s\n\n"
              .formatted(event.name(), Json.write(event.data()))
              .getBytes(StandardCharsets.UTF_8);
      streams.keySet().forEach(stream -> stream.send(message));
    }
    return true;
  }

  /** Ends the streams whose session, account or key has ended meanwhile. */
  private void endRevoked() {
    Map<Permission, Boolean> holding = new HashMap<>();
    streams.forEach(
        (stream, permission) -> {
          if (!holding.computeIfAbsent(permission, Permission::stillHolds)) {
            stream.end();
          }
        });
  }
}
