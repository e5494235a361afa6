package io.rekindle.dashboard.live;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Scope;
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

/**
 * Server-sent events at {@code /api/events}: {@code scores}, {@code emails} and {@code pipeline},
 * each with JSON.
 */
public final class LiveRoutes implements Routes {

  private final LiveService live;
  private Router router;

  /** A request that the router has admitted. */
  private record GrantedRequest(Router router, Grant grant) implements LiveService.Permission {
    @Override
    public boolean stillHolds() {
      return router.stillHolds(grant);
    }
  }

  public LiveRoutes(LiveService live) {
    this.live = live;
  }

  @Override
  public void register(Router router) {
    this.router = router;
    router.get("/api/events", Access.VIEWER.orKey(Scope.READ), this::listen);
  }

  private void listen(Context ctx) {
    QueryParameters.of(ctx).check();
    if (ctx.method().equals(HandlerType.HEAD)) {
      ctx.contentType("text/event-stream");
      return;
    }
    String principal = keyOf(Requests.principal(ctx));
    switch (live.admit(principal)) {
      case TOO_MANY_STREAMS ->
          throw HttpProblem.retryLater(
              HttpStatus.SERVICE_UNAVAILABLE, "Too many pages listen already.", 30);
      case TOO_MANY_OF_PRINCIPAL ->
          throw HttpProblem.retryLater(
              HttpStatus.TOO_MANY_REQUESTS,
              "You listen by "
                  + LiveService.MAX_STREAMS_PER_PRINCIPAL
                  + " pages or programs already: close one of them.",
              30);
      case ADMITTED -> {}
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
                live.remove(ended);
                live.release(principal);
              });
      stream.send("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
      live.add(
          stream, new GrantedRequest(router, router.grantOf(ctx)), ctx.header("Last-Event-ID"));
      return stream;
    } catch (IOException e) {
      live.release(principal);
      throw new UncheckedIOException(e);
    }
  }
}
