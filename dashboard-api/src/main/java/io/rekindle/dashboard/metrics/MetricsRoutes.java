package io.rekindle.dashboard.metrics;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import java.time.Duration;
import java.util.function.Supplier;

/** Measures requests, the pool and the process, for Prometheus at {@code /metrics}. Thread-safe. */
public final class MetricsRoutes implements Routes {

  private static final String BEGIN = "metrics.begin";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Access access;

  /**
   * Begins to measure.
   *
   * @param open whether everybody may read what is measured
   */
  public MetricsRoutes(boolean open) {
    this.access = open ? Access.PUBLIC : Access.VIEWER.orKey(Scope.READ);
    new ProcessorMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
  }

  /** To be called before the pool has its first connection. */
  public void observe(HikariDataSource pool) {
    pool.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(registry));
  }

  /** A number that is looked up whenever somebody reads. */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** Times every request by its route, not its path, which would be as many as there are ids. */
  public void observe(RoutesConfig routes) {
    routes.before(ctx -> ctx.attribute(BEGIN, System.nanoTime()));
    routes.after(this::requestDone);
  }

  @Override
  public void register(Router router) {
    router.get(
        "/metrics",
        access,
        ctx -> ctx.contentType("text/plain; version=0.0.4").result(registry.scrape()));
  }

  private void requestDone(Context ctx) {
    Long begin = ctx.attribute(BEGIN);
    String type = ctx.res().getContentType();
    // A stream lasts as long as its page is open: its time says nothing.
    if (begin == null || (type != null && type.startsWith("text/event-stream"))) {
      return;
    }
    Timer.builder("rekindle.dashboard.requests")
        .description("Requests by route and status.")
        .tag("method", ctx.method().name())
        .tag("route", Router.routeOf(ctx))
        .tag("status", Integer.toString(ctx.statusCode()))
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(Duration.ofNanos(System.nanoTime() - begin));
  }
}
