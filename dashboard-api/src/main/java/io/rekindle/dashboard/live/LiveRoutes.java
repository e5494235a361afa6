package io.rekindle.dashboard.live;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Router.Grant;
import io.rekindle.dashboard.web.Routes;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Server-sent events at {@code /api/events}: {@code scores}, {@code emails} and {@code pipeline},
 * each with JSON. One thread asks the database once a second while pages listen, and sends all of
 * them the same bytes.
 */
public final class LiveRoutes implements Routes, AutoCloseable {

  private static final int MAX_STREAMS = 2_000;

  /** A person has so many pages open at most; a program needs one stream. */
  private static final int MAX_STREAMS_PER_PRINCIPAL = 20;

  private static final byte[] KEEP_ALIVE = ": \n\n".getBytes(StandardCharsets.UTF_8);

  /** Before anything between here and the browser takes the connection for dead. */
  private static final int ROUNDS_PER_KEEP_ALIVE = 10;

  /** How often those who listen are checked. A stream outlives its session or key by no more. */
  private static final int ROUNDS_PER_CHECK = 10;

  private final LiveEventPoller poller;
  private final Map<EventStream, Grant> streams = new ConcurrentHashMap<>();
  private final Map<String, Integer> streamsByPrincipal = new ConcurrentHashMap<>();
  private final BackgroundLoop loop =
      new BackgroundLoop("live", Duration.ofSeconds(1), this::publish);
  private Router router;
  private int rounds;

  public LiveRoutes(Jdbi jdbi, ProgressQuery progress) {
    this.poller = new LiveEventPoller(jdbi, progress);
  }

  public void start() {
    loop.start();
  }

  /** How many pages listen. */
  public int listeners() {
    return streams.size();
  }

  @Override
  public void register(Router router) {
    this.router = router;
    router.get("/api/events", Access.VIEWER.orKey(Scope.READ), this::listen);
  }

  @Override
  public void close() {
    loop.close();
    streams.keySet().forEach(EventStream::end);
  }

  private void listen(Context ctx) {
    QueryParameters.of(ctx).check();
    if (streams.size() >= MAX_STREAMS) {
      throw HttpProblem.retryLater(
          HttpStatus.SERVICE_UNAVAILABLE, "Too many pages listen already.", 30);
    }
    String principal = keyOf(Requests.principal(ctx));
    if (streamsByPrincipal.merge(principal, 1, Integer::sum) > MAX_STREAMS_PER_PRINCIPAL) {
      release(principal);
      throw HttpProblem.retryLater(
          HttpStatus.TOO_MANY_REQUESTS,
          "You listen by "
              + MAX_STREAMS_PER_PRINCIPAL
              + " pages or programs already: close one of them.",
          30);
    }
    ctx.status(HttpStatus.OK);
    ctx.res().setContentType("text/event-stream");
    ctx.res().setCharacterEncoding("UTF-8");
    ctx.res().setHeader("X-Accel-Buffering", "no");
    ctx.future(() -> open(ctx, principal).over());
  }

  private static String keyOf(Principal principal) {
    return (principal.isAccount() ? "account " : "key ") + principal.id();
  }

  private void release(String principal) {
    streamsByPrincipal.compute(principal, (key, count) -> count == 1 ? null : count - 1);
  }

  private EventStream open(Context ctx, String principal) {
    ServletResponse response = ctx.res();
    while (response instanceof ServletResponseWrapper wrapper) {
      response = wrapper.getResponse();
    }
    try {
      EventStream stream =
          new EventStream(
              ctx.req().getAsyncContext(),
              response.getOutputStream(),
              ended -> {
                streams.remove(ended);
                release(principal);
              });
      streams.put(stream, router.grantOf(ctx));
      stream.send("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
      return stream;
    } catch (IOException e) {
      release(principal);
      throw new UncheckedIOException(e);
    }
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
    Map<Grant, Boolean> holding = new HashMap<>();
    streams.forEach(
        (stream, grant) -> {
          if (!holding.computeIfAbsent(grant, router::stillHolds)) {
            stream.end();
          }
        });
  }
}
