package io.rekindle.dashboard.fits;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * The row of engagement.fit_settings.
 *
 * @param activate whether a scheduled fit may put its policy in force, if the gate holds
 */
public record FitSettings(boolean activate, String updatedBy, Instant updatedAt) {

  private static final String SELECT =
      "select activate, updated_by, updated_at from engagement.fit_settings";

  static FitSettings read(Handle handle) {
    return handle.createQuery(SELECT).mapTo(FitSettings.class).one();
  }

  /** Reads the row, and locks it until the end of the transaction. */
  static FitSettings lock(Handle handle) {
    return handle.createQuery(SELECT + " for update").mapTo(FitSettings.class).one();
  }

  static FitSettings write(Handle handle, boolean activate, String by) {
    return handle
        .createQuery(
            """
            update engagement.fit_settings
            set activate = :activate, updated_by = :by, updated_at = now()
            returning activate, updated_by, updated_at
            """)
        .bind("activate", activate)
        .bind("by", by)
        .mapTo(FitSettings.class)
        .one();
  }
}
