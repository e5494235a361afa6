package io.rekindle.dashboard.calibration;

import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** The address /api/calibrations. */
public final class CalibrationRoutes implements Routes {

  private static final CsvFormat<Calibration> CSV = CsvFormat.of("calibrations", Calibration.class);

  private final CalibrationService calibrations;

  public CalibrationRoutes(CalibrationService calibrations) {
    this.calibrations = calibrations;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/calibrations",
        Access.VIEWER,
        ctx -> ListResponse.answerWhole(ctx, CSV, calibrations::months));
  }
}
