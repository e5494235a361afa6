package io.rekindle.dashboard.fits;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** The addresses under /api/backtests. */
public final class BacktestRoutes implements Routes {

  private static final CsvFormat<StoredBacktest.Row> CSV =
      CsvFormat.of("backtests", StoredBacktest.Row.class);

  private final BacktestService backtests;

  public BacktestRoutes(BacktestService backtests) {
    this.backtests = backtests;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/backtests",
        Access.VIEWER,
        ctx -> ListResponse.answerWhole(ctx, CSV, backtests::rows));
    router.get("/api/backtests/{backtestId}", Access.VIEWER, this::one);
  }

  private void one(Context ctx) {
    String id = ctx.pathParam("backtestId");
    if (!id.matches("[0-9]{1,18}")) {
      throw HttpProblem.notFound("backtest", id);
    }
    ctx.json(
        backtests.find(Long.parseLong(id)).orElseThrow(() -> HttpProblem.notFound("backtest", id)));
  }
}
