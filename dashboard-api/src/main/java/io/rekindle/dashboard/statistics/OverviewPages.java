package io.rekindle.dashboard.statistics;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The first page: the statistics about all clients. */
public final class OverviewPages implements Routes {

  private final StatisticsService statistics;

  public OverviewPages(StatisticsService statistics) {
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.page("/", VIEWER, this::overview);
  }

  private Page overview(Context ctx) {
    int days = StatisticsRoutes.days(ctx);
    // The KPIs wait for all statistics, so the others come at once.
    return new Page("overview")
        .with("overview", statistics.overview())
        .with("segmentCounts", statistics.segmentCounts())
        .with("funnel", statistics.funnel(days))
        .with("decisions", statistics.decisions(days))
        .with("days", days);
  }
}
