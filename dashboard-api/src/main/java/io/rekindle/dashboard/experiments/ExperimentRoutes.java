package io.rekindle.dashboard.experiments;

import io.javalin.http.Context;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.io.IOException;

/** The routes under /api/experiments. */
public final class ExperimentRoutes implements Routes {

  private static final CsvFormat<Experiment> EXPERIMENTS_CSV =
      CsvFormat.of("experiments", Experiment.class);

  private static final CsvFormat<ExperimentResult.Arm> ARMS_CSV =
      CsvFormat.of("arms", ExperimentResult.Arm.class);

  private final ExperimentService experiments;

  public ExperimentRoutes(ExperimentService experiments) {
    this.experiments = experiments;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/experiments",
        Access.VIEWER,
        ctx -> ListResponse.answerWhole(ctx, EXPERIMENTS_CSV, experiments::all));
    router.get("/api/experiments/{experimentId}", Access.VIEWER.orKey(Scope.READ), this::one);
  }

  private void one(Context ctx) throws IOException {
    String id = QueryParameters.pathId(ctx, "experimentId");
    QueryParameters query = QueryParameters.of(ctx);
    boolean csv = ListResponse.wantsCsv(ctx, query);
    query.check();
    ExperimentResult result =
        experiments.result(id).orElseThrow(() -> HttpProblem.notFound("experiment", id));
    if (csv) {
      ListResponse.write(ctx, ARMS_CSV, result.arms());
    } else {
      ctx.json(result);
    }
  }
}
