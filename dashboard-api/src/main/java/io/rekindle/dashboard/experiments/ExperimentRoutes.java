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
import java.math.BigDecimal;

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
    router.get("/api/experiment-plan", Access.VIEWER, this::plan);
    router.get("/api/experiments/{experimentId}", Access.VIEWER.orKey(Scope.READ), this::one);
  }

  private void plan(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    BigDecimal difference = between(query, "difference", "0.05", "0.001", "0.5");
    BigDecimal share = between(query, "holdoutShare", "0.1", "0.001", "0.999");
    int withinDays = query.integer("withinDays", 15, 3_650, 180);
    int variants = query.integer("variants", 1, 16, 1);
    query.check();
    ctx.json(
        experiments.plan(new ExperimentPlan.Question(difference, withinDays, share, variants)));
  }

  private static BigDecimal between(
      QueryParameters query, String name, String fallback, String least, String most) {
    BigDecimal number = query.decimal(name, 0, 1);
    if (number == null) {
      return new BigDecimal(fallback);
    }
    if (number.compareTo(new BigDecimal(least)) < 0 || number.compareTo(new BigDecimal(most)) > 0) {
      query.reject(name, "has to be a number from " + least + " to " + most + ".");
    }
    return number;
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
