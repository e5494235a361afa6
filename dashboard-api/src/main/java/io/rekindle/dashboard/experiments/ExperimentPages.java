package io.rekindle.dashboard.experiments;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.experiments.ExperimentService.ExperimentView;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.HashMap;
import java.util.Map;

/** The page of experiments. */
public final class ExperimentPages implements Routes {

  private final PageRenderer renderer;
  private final ExperimentService experiments;

  /** Creates the page. */
  public ExperimentPages(PageRenderer renderer, ExperimentService experiments) {
    this.renderer = renderer;
    this.experiments = experiments;
  }

  @Override
  public void register(Router router) {
    router.get("/experiments", VIEWER, this::experiments);
  }

  private void experiments(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String id = query.text("id", 128);
    query.check();
    ExperimentView view = experiments.view(id).orElseThrow(() -> ExperimentRoutes.noExperiment(id));
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("experiment", view.result());
    parameters.put("all", view.all());
    parameters.put("forestPlot", ForestPlot.of(view.result()));
    parameters.put("currency", view.currency());
    HtmlResponse.send(ctx, renderer.render("experiments", parameters));
  }
}
