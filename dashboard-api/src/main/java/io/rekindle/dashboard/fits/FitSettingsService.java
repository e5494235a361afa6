package io.rekindle.dashboard.fits;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.Snapshots;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Reads and changes what scheduled fits may do. Thread-safe. */
public final class FitSettingsService {

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  public FitSettingsService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  FitSettings settings() {
    return snapshots.readOnce(FitSettings::read);
  }

  /**
   * Changes the settings.
   *
   * @param demand of the settings before the change; what it throws ends the change
   */
  FitSettings change(Actor actor, Consumer<FitSettings> demand, boolean activate) {
    return jdbi.inTransaction(
        handle -> {
          FitSettings before = FitSettings.lock(handle);
          demand.accept(before);
          FitSettings after = FitSettings.write(handle, activate, actor.name());
          AuditLog.record(handle, actor, "CHANGE", Subject.FIT_SETTINGS.of(null), before, after);
          return after;
        });
  }
}
