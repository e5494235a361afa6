package io.rekindle.dashboard.live;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.pipeline.ProgressQuery;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Server-sent events at {@code /api/events}: {@code scores}, {@code emails} and {@code pipeline},
 * each with JSON. One thread asks the database once a second while pages listen, and sends all of
 * them the same bytes.
 */
public final class LiveRoutes implements Routes, AutoCloseable {

  private static final int MAX_STREAMS = 2_000;
  private static final byte[] KEEP_ALIVE = ": \n\n".getBytes(StandardCharsets.UTF_8);

  /** Before anything between here and the browser takes the connection for dead. */
  private static final int ROUNDS_PER_KEEP_ALIVE = 10;

  private final LiveEventPoller poller;
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final BackgroundLoop loop =
      new BackgroundLoop("live", Duration.ofSeconds(1), this::publish);
  private int quietRounds;

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
    router.get("/api/events", Access.VIEWER.orKey(Scope.READ), this::listen);
  }

  @Override
  public void close() {
    loop.close();
    streams.forEach(EventStream::end);
  }

  private void listen(Context ctx) {
    QueryParameters.of(ctx).check();
    if (streams.size() >= MAX_STREAMS) {
      throw HttpProblem.retryLater(
          HttpStatus.SERVICE_UNAVAILABLE, "Too many pages listen already.", 30);
    }
    ctx.status(HttpStatus.OK);
    ctx.res().setContentType("text/event-stream");
    ctx.res().setCharacterEncoding("UTF-8");
    ctx.res().setHeader("X-Accel-Buffering", "no");
    ctx.future(() -> open(ctx).over());
  }

  private EventStream open(Context ctx) {
    ServletResponse response = ctx.res();
    while (response instanceof ServletResponseWrapper wrapper) {
      response = wrapper.getResponse();
    }
    try {
      EventStream stream =
          new EventStream(ctx.req().getAsyncContext(), response.getOutputStream(), streams::remove);
      streams.add(stream);
      stream.send("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
      return stream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean publish() {
    if (streams.isEmpty()) {
      poller.reset();
      return true;
    }
    boolean keepAlive = ++quietRounds % ROUNDS_PER_KEEP_ALIVE == 0;
    if (keepAlive) {
      streams.forEach(stream -> stream.send(KEEP_ALIVE));
    }
    for (LiveEventPoller.Event event : poller.next()) {
      byte[] message =
          "event: %s\ndata: %s\n\n"
              .formatted(event.name(), Json.write(event.data()))
              .getBytes(StandardCharsets.UTF_8);
      streams.forEach(stream -> stream.send(message));
    }
    return true;
  }
}
