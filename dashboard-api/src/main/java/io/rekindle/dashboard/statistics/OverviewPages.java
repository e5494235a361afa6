package io.rekindle.dashboard.statistics;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.time.LocalDate;

/** The pages of the statistics about all clients. */
public final class OverviewPages implements Routes {

  private final StatisticsService statistics;

  public OverviewPages(StatisticsService statistics) {
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.page("/", VIEWER, this::overview);
    router.page("/cohorts", VIEWER, this::cohorts);
  }

  private Page cohorts(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("cohorts").with("cohorts", statistics.cohorts());
  }

  private Page overview(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = StatisticsRoutes.period(query);
    LocalDate asOf = query.day("asOf");
    query.check();
    if (asOf != null) {
      return new Page("shop-day")
          .with("day", StatisticsRoutes.shopDay(statistics, asOf))
          .with("today", statistics.segmentCounts())
          .with("known", statistics.knownHistory());
    }
    int outreachDays = Math.min(days, StatisticsService.DAYS);
    // The KPIs wait for all statistics, so the others come at once.
    return new Page("overview")
        .with("overview", statistics.overview(days))
        .with("today", statistics.today().orElse(null))
        .with("segmentCounts", statistics.segmentCounts())
        .with("funnel", statistics.funnel(outreachDays))
        .with("controlGroup", statistics.controlGroup(outreachDays))
        .with("known", statistics.knownHistory())
        .with("days", days);
  }
}
