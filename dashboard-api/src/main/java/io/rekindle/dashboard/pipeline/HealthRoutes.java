package io.rekindle.dashboard.pipeline;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.platform.jdbc.ConnectionFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers health checks of the process. */
public final class HealthRoutes implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(HealthRoutes.class);

  private final ProgressQuery progress;

  public HealthRoutes(ProgressQuery progress) {
    this.progress = progress;
  }

  @Override
  public void register(Router router) {
    router.get("/health", Access.PUBLIC, this::health);
  }

  private void health(Context ctx) {
    try {
      ctx.json(Health.up(progress.read()));
    } catch (RuntimeException e) {
      LOG.debug("Unhealthy", e);
      ctx.status(HttpStatus.SERVICE_UNAVAILABLE)
          .json(Health.databaseDown(ConnectionFailure.reason(e)));
    }
  }
}
