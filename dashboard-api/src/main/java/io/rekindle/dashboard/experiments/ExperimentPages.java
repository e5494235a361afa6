package io.rekindle.dashboard.experiments;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.experiments.ExperimentService.ExperimentView;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The page of experiments. */
public final class ExperimentPages implements Routes {

  private final ExperimentService experiments;

  public ExperimentPages(ExperimentService experiments) {
    this.experiments = experiments;
  }

  @Override
  public void register(Router router) {
    router.page("/experiments", VIEWER, this::experiments);
  }

  private Page experiments(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String id = query.text("id", 128);
    query.check();
    ExperimentView view =
        experiments.view(id).orElseThrow(() -> HttpProblem.notFound("experiment", id));
    return new Page("experiments")
        .with("experiment", view.result())
        .with("all", view.all())
        .with("results", view.results())
        .with("forestPlot", ForestPlot.of(view.result()))
        .with("currency", view.currency());
  }
}
