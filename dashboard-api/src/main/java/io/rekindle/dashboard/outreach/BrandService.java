package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/** Reads and changes the brand of the shop's emails. Thread-safe. */
public final class BrandService {

  private final Jdbi jdbi;

  public BrandService(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  BrandSettings brand() {
    return jdbi.withHandle(BrandSettings::read);
  }

  /**
   * Stores a new version, which the next email is written in.
   *
   * @param demand of the brand before the change; what it throws ends the change
   */
  BrandSettings change(
      Actor actor, Consumer<BrandSettings> demand, UnaryOperator<BrandSettings> change) {
    return jdbi.inTransaction(
        handle -> {
          BrandSettings before = BrandSettings.lock(handle);
          demand.accept(before);
          BrandSettings after = change.apply(before).insert(handle, actor.name());
          AuditLog.record(
              handle,
              actor,
              "CHANGE",
              Subject.BRAND.of(null),
              before.withoutImage(),
              after.withoutImage());
          return after;
        });
  }
}
