package io.rekindle.dashboard;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of addresses, what each answers, and how failures look from outside. */
final class Routes {

  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private final UserProfileQuery users;
  private final PipelineProgressQuery pipeline;

  Routes(DataSource database) {
    this.users = new UserProfileQuery(database);
    this.pipeline = new PipelineProgressQuery(database);
  }

  void register(RoutesConfig routes) {
    routes.before(Routes::protect);

    routes.get("/health", this::health);
    routes.get("/api/pipeline", ctx -> ctx.json(pipeline.read()));
    routes.get("/api/users/{userId}", this::user);

    routes.exception(
        HttpResponseException.class,
        (e, ctx) -> Problem.respond(ctx, HttpStatus.forStatus(e.getStatus()), e.getMessage()));
    routes.exception(SQLException.class, Routes::databaseFailed);
    routes.exception(Exception.class, Routes::failed);
  }

  /** Every answer may hold personal data. */
  private static void protect(Context ctx) {
    ctx.header("Cache-Control", "no-store");
    ctx.header("X-Content-Type-Options", "nosniff");
  }

  private void health(Context ctx) {
    try {
      ctx.json(Health.up(pipeline.read()));
    } catch (SQLException e) {
      LOG.debug("Unhealthy", e);
      ctx.status(HttpStatus.SERVICE_UNAVAILABLE).json(Health.databaseDown(summary(e)));
    }
  }

  private void user(Context ctx) throws SQLException {
    String userId = ctx.pathParam("userId");
    users
        .byId(userId)
        .ifPresentOrElse(
            ctx::json,
            () -> Problem.respond(ctx, HttpStatus.NOT_FOUND, "No user \"" + userId + "\"."));
  }

  private static void databaseFailed(SQLException e, Context ctx) {
    if (unavailable(e)) {
      LOG.debug("Database unavailable", e);
      ctx.header("Retry-After", "2");
      Problem.respond(
          ctx, HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer. Try again shortly.");
    } else {
      failed(e, ctx);
    }
  }

  private static void failed(Exception e, Context ctx) {
    LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
    Problem.respond(
        ctx, HttpStatus.INTERNAL_SERVER_ERROR, "The request failed; the service's log says why.");
  }

  /**
   * Connection failures (class 08), shutdown and start-up of the server (57P), too many clients.
   */
  private static boolean unavailable(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.sql.SQLTransientConnectionException) {
        return true;
      }
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState();
        if (state != null
            && (state.startsWith("08") || state.startsWith("57P") || state.equals("53300"))) {
          return true;
        }
      }
    }
    return false;
  }

  /** The first cause is the one that helps: the pool only says that it waited in vain. */
  private static String summary(SQLException e) {
    Throwable cause = e;
    while (cause.getCause() instanceof SQLException deeper) {
      cause = deeper;
    }
    return cause.getMessage();
  }
}
