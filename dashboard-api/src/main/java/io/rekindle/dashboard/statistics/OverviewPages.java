package io.rekindle.dashboard.statistics;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.Map;

/** The first page: the statistics about all clients. */
public final class OverviewPages implements Routes {

  private static final int DEFAULT_DAYS = 30;

  private final PageRenderer renderer;
  private final StatisticsService statistics;

  /** Creates the pages. */
  public OverviewPages(PageRenderer renderer, StatisticsService statistics) {
    this.renderer = renderer;
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.get("/", VIEWER, this::overview);
  }

  private void overview(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = query.integer("days", 1, StatisticsService.DAYS, DEFAULT_DAYS);
    query.check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "overview",
            Map.of(
                "v", renderer.view(RequestInfo.of(ctx)),
                "overview", statistics.overview(),
                "segmentCounts", statistics.segmentCounts(),
                "funnel", statistics.funnel(days),
                "decisions", statistics.decisions(days),
                "days", days)));
  }
}
