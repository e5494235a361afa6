package io.rekindle.dashboard.metrics;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.time.Duration;

/** Times requests, and serves the metrics to Prometheus at {@code /metrics}. Thread-safe. */
public final class MetricsRoutes implements Routes {

  private static final String BEGIN = "metrics.begin";

  private final Metrics metrics;
  private final Access access;

  /**
   * Creates the routes.
   *
   * @param open whether everybody may read the metrics
   */
  public MetricsRoutes(Metrics metrics, boolean open) {
    this.metrics = metrics;
    this.access = open ? Access.PUBLIC : Access.VIEWER.orKey(Scope.READ);
  }

  /** Times every request. */
  public void observe(RoutesConfig routes) {
    routes.before(ctx -> ctx.attribute(BEGIN, System.nanoTime()));
    routes.after(this::requestDone);
  }

  @Override
  public void register(Router router) {
    router.get(
        "/metrics",
        access,
        ctx -> ctx.contentType("text/plain; version=0.0.4").result(metrics.scrape()));
  }

  private void requestDone(Context ctx) {
    Long begin = ctx.attribute(BEGIN);
    String type = ctx.res().getContentType();
    // A stream lasts as long as its page is open: its time has no meaning.
    if (begin == null || (type != null && type.startsWith("text/event-stream"))) {
      return;
    }
    metrics.request(
        ctx.method().name(),
        Router.routeOf(ctx),
        ctx.statusCode(),
        Duration.ofNanos(System.nanoTime() - begin));
  }
}
