package io.rekindle.dashboard.fits;

import io.rekindle.dashboard.calibration.CalibrationService;
import io.rekindle.dashboard.database.Snapshots;
import java.util.List;
import java.util.Optional;

/** Reads stored backtests. Thread-safe. */
public final class BacktestService {

  private final Snapshots snapshots;

  /**
   * What the page shows.
   *
   * @param backtest empty without one
   * @param calibrations how the live probabilities came true
   */
  record BacktestView(Optional<StoredBacktest> backtest, CalibrationService.History calibrations) {}

  public BacktestService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** A row for each policy of the newest backtests, the newest first. */
  List<StoredBacktest.Row> rows() {
    return snapshots.readOnce(StoredBacktest::newest).stream()
        .flatMap(backtest -> backtest.rows().stream())
        .toList();
  }

  /** Empty if there is none of that id. */
  Optional<StoredBacktest> find(long backtestId) {
    return snapshots.readOnce(handle -> StoredBacktest.byId(handle, backtestId));
  }

  /**
   * The newest backtest of a policy, as the page shows it.
   *
   * @param version null for the newest of all
   */
  BacktestView view(String version) {
    return snapshots.read(
        handle ->
            new BacktestView(
                StoredBacktest.ofPolicy(handle, version), CalibrationService.History.read(handle)));
  }
}
