package io.rekindle.dashboard.live;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
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

  /** About half a minute of events. A page that was away for longer reads its parts anew. */
  private static final int MAX_RECENT = 90;

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

  /** Tells the events of this process from those of another one. */
  private final String epoch = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

  /**
   * The last events by their number, for pages whose connection broke; guarded by itself, as is the
   * number of the last one.
   */
  private final NavigableMap<Long, byte[]> recent = new TreeMap<>();

  private long sent;

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

  /**
   * Adds a page that listens.
   *
   * @param lastId of the last event that the page received before its connection broke; null for
   *     none. It receives what was sent since, as far as that is kept
   */
  void add(EventStream stream, Permission permission, String lastId) {
    synchronized (recent) {
      recent.tailMap(numberOf(lastId), false).values().forEach(stream::send);
      streams.put(stream, permission);
    }
  }

  /** The number in an id of this process; otherwise the last number, so that nothing is resent. */
  private long numberOf(String id) {
    if (id != null && id.matches(epoch + "-[0-9]{1,18}")) {
      return Long.parseLong(id.substring(epoch.length() + 1));
    }
    return sent;
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
      synchronized (recent) {
        sent++;
        byte[] message =
            "id: %s-%d\nevent: %s\ndata: %s\n\n"
                .formatted(epoch, sent, event.name(), Json.write(event.data()))
                .getBytes(StandardCharsets.UTF_8);
        recent.put(sent, message);
        if (recent.size() > MAX_RECENT) {
          recent.pollFirstEntry();
        }
        streams.keySet().forEach(stream -> stream.send(message));
      }
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
