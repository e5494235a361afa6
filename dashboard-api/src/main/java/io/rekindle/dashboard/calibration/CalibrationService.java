package io.rekindle.dashboard.calibration;

import io.rekindle.dashboard.database.Snapshots;
import java.time.Instant;
import java.util.List;

/** Reads the calibration of the live probabilities. Thread-safe. */
public final class CalibrationService {

  private final Snapshots snapshots;

  /**
   * The judged months, as the page shows them.
   *
   * @param months the newest first
   * @param nextAt when the next one can be judged; null while no sample waits
   */
  public record History(List<Calibration> months, Instant nextAt) {}

  public CalibrationService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  List<Calibration> months() {
    return snapshots.readOnce(Calibration::all);
  }

  /** All judged months, with the instant of the next. */
  public History history() {
    return snapshots.read(
        handle -> new History(Calibration.all(handle), Calibration.nextAt(handle).orElse(null)));
  }
}
