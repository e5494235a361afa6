package io.rekindle.dashboard.fits;

import io.javalin.http.Context;
import io.rekindle.dashboard.fits.BacktestService.BacktestView;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.PolicyBacktest;

/** The page that shows how good a policy is. */
public final class BacktestPages implements Routes {

  private final BacktestService backtests;

  public BacktestPages(BacktestService backtests) {
    this.backtests = backtests;
  }

  @Override
  public void register(Router router) {
    router.page("/backtests", Access.VIEWER, this::backtest);
  }

  private Page backtest(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String version = query.text("version", 128);
    query.check();
    BacktestView view = backtests.view(version);
    StoredBacktest backtest = view.backtest().orElse(null);
    PolicyBacktest shown = backtest == null ? null : shown(backtest, version);
    return new Page("backtests")
        .with("version", version)
        .with("backtest", backtest)
        .with("calibrations", view.calibrations())
        .with("shown", shown)
        .with("plot", shown == null ? null : CalibrationPlot.of(shown));
  }

  /**
   * The policy whose details are shown: that of the version if the backtest has it, or else the
   * fitted one, since a draft is as good as fits of earlier instants were. Null without an instant.
   */
  private static PolicyBacktest shown(StoredBacktest backtest, String version) {
    return backtest.result().policies().stream()
        .filter(policy -> policy.policy().equals(version))
        .findFirst()
        .or(
            () ->
                backtest.result().policies().stream()
                    .filter(policy -> policy.policy().equals(Backtest.FITTED))
                    .findFirst())
        .orElse(null);
  }
}
