package io.rekindle.dashboard.reconstruction;

import io.rekindle.dashboard.reconstruction.ReconstructionStatus.State;
import org.jdbi.v3.core.Handle;

/** Reads how far the reconstruction has come, whichever process runs it. Thread-safe. */
public final class ReconstructionQuery {

  /** A run holds its lock for as long as it lasts. */
  private static final String SQL =
      """
      select case
               when r.finished_at is not null then 'COMPLETE'
               when r.trouble is not null then 'FAILING'
               when exists (
                 select from pg_locks l
                 where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                   and l.database = (select oid from pg_database where datname = current_database())
                   and l.objid::bigint = hashtext('engagement.reconstruction')::bigint & 4294967295)
                 then 'RUNNING'
               else 'INTERRUPTED'
             end as state,
             r.policy_version, r.from_at as "from", r.until_at as until, r.users as clients,
             greatest(r.users, r.users_total) as clients_total, r.rows, r.started_at, r.finished_at,
             r.trouble
      from engagement.reconstruction r
      """;

  private final boolean enabled;

  /**
   * Creates the query.
   *
   * @param enabled whether the dashboard reconstructs by itself
   */
  public ReconstructionQuery(boolean enabled) {
    this.enabled = enabled;
  }

  /** Reads the status. */
  public ReconstructionStatus read(Handle handle) {
    return handle
        .createQuery(SQL)
        .mapTo(ReconstructionStatus.class)
        .findOne()
        .orElseGet(() -> ReconstructionStatus.before(enabled ? State.WAITING : State.OFF));
  }
}
