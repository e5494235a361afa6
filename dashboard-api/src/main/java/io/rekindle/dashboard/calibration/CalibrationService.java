package io.rekindle.dashboard.calibration;

import io.rekindle.dashboard.database.Snapshots;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads the calibration of the live probabilities. Thread-safe. */
public final class CalibrationService {

  private final Snapshots snapshots;

  /**
   * The evaluated months, as the page shows them.
   *
   * @param months the newest first
   * @param nextAt when the next one can be evaluated; null while no sample waits
   */
  public record History(List<Calibration> months, Instant nextAt) {

    /** Reads all evaluated months. */
    public static History read(Handle handle) {
      return new History(Calibration.all(handle), Calibration.nextAt(handle).orElse(null));
    }
  }

  public CalibrationService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  List<Calibration> months() {
    return snapshots.readOnce(Calibration::all);
  }
}
