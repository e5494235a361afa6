package io.rekindle.dashboard.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.MethodNotAllowedResponse;
import io.rekindle.dashboard.access.ExpiredKeyException;
import io.rekindle.dashboard.access.TooManyRequestsException;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.list.InvalidCursorException;
import io.rekindle.platform.jdbc.TransientFailure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers failures: with a problem as JSON to programs, with a page to people, and with the way to
 * the sign-in page to people without a session.
 */
public final class ErrorHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandler.class);

  private final Page.Renderer renderer;

  public ErrorHandler(Page.Renderer renderer) {
    this.renderer = renderer;
  }

  public void register(RoutesConfig routes) {
    routes.exception(HttpProblem.class, this::refused);
    translate(routes, ConflictException.class, e -> HttpProblem.conflict(e.getMessage()));
    translate(
        routes,
        ExpiredKeyException.class,
        e -> new HttpProblem(HttpStatus.UNAUTHORIZED, e.getMessage()));
    translate(
        routes,
        TooManyRequestsException.class,
        e -> HttpProblem.retryLater(HttpStatus.TOO_MANY_REQUESTS, e.getMessage(), e.seconds()));
    translate(
        routes, InvalidCursorException.class, e -> HttpProblem.invalid("cursor", e.getMessage()));
    routes.exception(
        HttpResponseException.class,
        (e, ctx) -> {
          if (e instanceof MethodNotAllowedResponse) {
            // The only detail is the list of methods.
            e.getDetails().values().forEach(methods -> ctx.header("Allow", methods));
          }
          answer(ctx, ProblemDetails.of(HttpStatus.forStatus(e.getStatus()), e.getMessage()));
        });
    routes.exception(JdbiException.class, this::failed);
    routes.exception(SQLException.class, this::failed);
    routes.exception(Exception.class, this::failed);
  }

  /** Answers an exception of a feature with a problem. */
  public <E extends Exception> void translate(
      RoutesConfig routes, Class<E> type, Function<E, HttpProblem> translation) {
    routes.exception(type, (e, ctx) -> refused(translation.apply(e), ctx));
  }

  private void refused(HttpProblem httpProblem, Context ctx) {
    if (httpProblem.retryAfterSeconds() != null) {
      ctx.header("Retry-After", httpProblem.retryAfterSeconds().toString());
    }
    if (httpProblem.status() == HttpStatus.UNAUTHORIZED) {
      if (isPage(ctx)) {
        toSignIn(ctx);
        return;
      }
      ctx.header("WWW-Authenticate", "Bearer realm=\"rekindle\"");
    }
    answer(ctx, ProblemDetails.of(httpProblem));
  }

  private static void toSignIn(Context ctx) {
    String query = ctx.queryString() == null ? "" : "?" + ctx.queryString();
    String target = "/sign-in?next=" + UrlPart.encode(ctx.path() + query);
    if (ctx.header("HX-Request") == null) {
      ctx.redirect(target);
    } else {
      // A redirect would put the sign-in page into the part that was asked for.
      ctx.status(HttpStatus.UNAUTHORIZED).header("HX-Redirect", target);
    }
  }

  private void failed(Exception e, Context ctx) {
    if (TransientFailure.orTimeoutIn(e)) {
      LOG.debug("Database unavailable", e);
      ctx.header("Retry-After", "2");
      answer(
          ctx,
          ProblemDetails.of(
              HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer. Try again shortly."));
    } else if (e instanceof IOException && ctx.res().isCommitted()) {
      LOG.debug("{} {}: the client left", ctx.method(), ctx.path(), e);
    } else {
      LOG.error("Request {} ({} {}) failed", RequestId.of(ctx), ctx.method(), ctx.path(), e);
      answer(
          ctx,
          ProblemDetails.of(
              HttpStatus.INTERNAL_SERVER_ERROR,
              "The request failed; the service's log says why, as of request %s."
                  .formatted(RequestId.of(ctx))));
    }
  }

  private void answer(Context ctx, ProblemDetails problem) {
    if (isPage(ctx)) {
      try {
        ctx.status(problem.status());
        String retryAfter = ctx.res().getHeader("Retry-After");
        if (retryAfter != null && ctx.method().equals(HandlerType.GET)) {
          // The page comes by itself when it can.
          ctx.header("Refresh", retryAfter);
        }
        new Page("problem")
            .with("problem", problem)
            .send(ctx, RequestInfo.of(ctx).withoutPrincipal(), renderer);
        return;
      } catch (Exception e) {
        LOG.error("The error page of request {} failed", RequestId.of(ctx), e);
      }
    }
    problem.send(ctx);
  }

  /** Whether a person looks at the answer. */
  private static boolean isPage(Context ctx) {
    String accept = ctx.header("Accept");
    return !ctx.path().startsWith("/api/") && accept != null && accept.contains("text/html");
  }
}
