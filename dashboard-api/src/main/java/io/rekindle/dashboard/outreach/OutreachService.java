package io.rekindle.dashboard.outreach;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.json.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Reads, changes and previews the outreach settings. Thread-safe. */
public final class OutreachService {

  private static final Duration PREVIEW_TIMEOUT = Duration.ofSeconds(10);

  /** Each evaluates every client at risk: many at once would take the processors from the rest. */
  private final Semaphore previews = new Semaphore(2);

  private final Jdbi jdbi;
  private final Jdbi unlimited;

  public OutreachService(DashboardDatabase database) {
    this.jdbi = database.jdbi();
    this.unlimited = database.unlimited();
  }

  OutreachSettings settings() {
    return jdbi.withHandle(OutreachSettings::read);
  }

  /**
   * Changes the settings.
   *
   * @param demand of the settings before the change; what it throws ends the change
   * @throws ExperimentInUseException if an experiment that has decided on clients would change
   */
  OutreachSettings change(
      Actor actor, Consumer<OutreachSettings> demand, UnaryOperator<OutreachSettings> change) {
    return jdbi.inTransaction(handle -> write(handle, actor, demand, change, "CHANGE"));
  }

  /**
   * Restores the settings before the last change that the audit log has; a second time undoes that.
   * Empty if there was no change.
   *
   * @param demand of the settings before the change; what it throws ends the change
   * @throws ExperimentInUseException if an experiment that has decided on clients would change
   */
  Optional<OutreachSettings> rollBack(Actor actor, Consumer<OutreachSettings> demand) {
    return jdbi.inTransaction(
        handle ->
            handle
                .createQuery(
                    """
                    select before from dashboard.audit_log
                    where subject_kind = 'OUTREACH_SETTINGS' and before is not null
                    order by entry_id desc limit 1
                    """)
                .mapTo(JsonNode.class)
                .findOne()
                .map(
                    before ->
                        write(handle, actor, demand, now -> now.restored(before), "ROLL_BACK")));
  }

  /** Compares two settings. Empty if too many other previews run. */
  Optional<OutreachPreview> preview(OutreachSettings before, OutreachSettings after)
      throws InterruptedException {
    if (!previews.tryAcquire(PREVIEW_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          unlimited.inTransaction(
              TransactionIsolationLevel.REPEATABLE_READ,
              handle -> {
                handle.execute("set local statement_timeout = '30s'");
                return OutreachPreview.of(handle, before, after);
              }));
    } finally {
      previews.release();
    }
  }

  /** An experiment compares groups, so these stay as long as it has its name. */
  private static void refuseOtherGroups(Handle handle, OutreachSettings after) {
    handle
        .createQuery(
            """
            select holdout_share, variants from engagement.experiments
            where experiment_id = :id and exists (
              select from engagement.outreach_decisions
              where experiment_id = :id and decision <> 'SKIP')
            """)
        .bind("id", after.experimentId())
        .map(
            (row, context) ->
                OutreachSettings.shares(
                    row.getBigDecimal("holdout_share"), Json.column(row.getString("variants"))))
        .findOne()
        .filter(
            shares ->
                !shares.equals(OutreachSettings.shares(after.holdoutShare(), after.variants())))
        .ifPresent(
            shares -> {
              throw new ExperimentInUseException(after.experimentId());
            });
  }

  private static OutreachSettings write(
      Handle handle,
      Actor actor,
      Consumer<OutreachSettings> demand,
      UnaryOperator<OutreachSettings> change,
      String action) {
    OutreachSettings before = OutreachSettings.lock(handle);
    demand.accept(before);
    OutreachSettings after = change.apply(before);
    refuseOtherGroups(handle, after);
    after = after.write(handle, actor.name());
    AuditLog.record(handle, actor, action, Subject.OUTREACH_SETTINGS.of(null), before, after);
    return after;
  }
}
