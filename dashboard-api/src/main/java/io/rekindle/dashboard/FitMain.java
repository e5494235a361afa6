package io.rekindle.dashboard;

import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.fits.Candidate;
import io.rekindle.dashboard.fits.ShopFit;
import io.rekindle.dashboard.fits.ShopSnapshot;
import io.rekindle.platform.settings.DatabaseLogin;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a policy once, for a schedule: the same as {@code rekindle fit --activate}, with the
 * settings of the dashboard. A shop with too few orders is no failure, since it will have more.
 */
public final class FitMain {

  private static final String CREATED_BY = "scheduled fit";

  private FitMain() {}

  /** Exit codes: 0 the draft is stored, or the shop is too small; 1 failed, 2 wrong settings. */
  public static void main(String[] args) throws SQLException, IOException {
    DashboardSettings settings = DashboardSettings.of(DashboardSettings.SETTINGS.readOrExit(args));
    Logger log = LoggerFactory.getLogger(FitMain.class);
    DatabaseLogin login = settings.database();
    try (DashboardDatabase database =
            new DashboardDatabase(login.url(), login.user(), login.password());
        Connection connection = database.connectUnlimited()) {
      log.info("{}", run(connection));
    }
  }

  /** Fits, stores and perhaps activates; returns one sentence for people. */
  static String run(Connection connection) throws SQLException, IOException {
    ShopFit.Result result;
    try (ShopSnapshot snapshot = ShopSnapshot.read(connection, clients -> {})) {
      result = ShopFit.run(snapshot, snapshot, snapshot.instant());
    }
    if (result instanceof ShopFit.Refused refused) {
      return "No policy can be fitted: " + refused.reasons().sentence();
    }
    Candidate candidate = ((ShopFit.Found) result).candidate();
    connection.setAutoCommit(false);
    Candidate.Stored stored = candidate.store(connection, CREATED_BY);
    Candidate.Activation activation = candidate.activate(connection, stored);
    connection.commit();
    return switch (activation) {
      case ACTIVATED -> stored.version() + " is in force: its gate holds";
      case NOT_ALLOWED -> stored.version() + " is a draft: no admin allows more";
      case GATE_CLOSED -> stored.version() + " is a draft: its gate does not hold";
    };
  }
}
