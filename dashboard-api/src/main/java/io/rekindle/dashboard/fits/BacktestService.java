package io.rekindle.dashboard.fits;

import io.rekindle.dashboard.database.Snapshots;
import java.util.List;
import java.util.Optional;

/** Reads stored backtests. Thread-safe. */
public final class BacktestService {

  private final Snapshots snapshots;

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
   * The newest backtest of a policy; empty without one.
   *
   * @param version null for the newest of all
   */
  Optional<StoredBacktest> ofPolicy(String version) {
    return snapshots.readOnce(handle -> StoredBacktest.ofPolicy(handle, version));
  }
}
